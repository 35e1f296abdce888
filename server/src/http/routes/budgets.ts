import type { FastifyInstance } from 'fastify';
import { LeaseBudget, type LeasedBudget } from '@niitaka/protocol/budget.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../authenticate.ts';
import { timeToWire } from '../map-access.ts';
import { parseInput } from '../parse-input.ts';
import { problemOf } from '../problem.ts';

/** `/budgets/lease`: parts of a tree's budget for its senders (P10). */
export async function budgetRoutes(app: FastifyInstance, { run }: AppParts): Promise<void> {
  const options = { config: { access: 'ingest' } } as const;
  app.post('/budgets/lease', options, async (request): Promise<LeasedBudget> => {
    const { orgId } = callerOf(request);
    const asked = parseInput(LeaseBudget, request.body, 'body');
    const ran = await run('lease-budget', {
      orgId,
      sessionId: asked.session_id.toLowerCase(),
      sender: asked.sender.toLowerCase(),
      spentNanoUsd: BigInt(asked.spent_nano_usd),
      wantNanoUsd: BigInt(asked.want_nano_usd),
      bookedNanoUsd: BigInt(asked.booked_nano_usd ?? '0'),
    });
    if (!ran.ok) throw problemOf(ran.failure);
    const { rootSessionId, grantedNanoUsd, expiresAtMs, isExhausted } = ran.value;
    return {
      root_session_id: rootSessionId,
      granted_nano_usd: grantedNanoUsd.toString(),
      expires_at: timeToWire(expiresAtMs),
      exhausted: isExhausted,
    };
  });
}
