import type { FastifyInstance } from 'fastify';
import { SignalListQuery } from '@niitaka/protocol/session-query.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../authenticate.ts';
import { signalToWire } from '../map-signal.ts';
import { parseInput } from '../parse-input.ts';
import { momentOf, nextMoment } from './session-parts.ts';

/** Environments listed at most. */
const environmentLimit = 200;

/** `/environments`, `/signals`: what filters offer, and the feed. */
export async function listRoutes(app: FastifyInstance, parts: AppParts): Promise<void> {
  const { reader } = parts.storage;
  const read = { config: { access: 'read' } } as const;

  app.get('/environments', read, async (request) => ({
    items: await reader.environments(callerOf(request).orgId, environmentLimit),
  }));

  app.get('/signals', read, async (request) => {
    const query = parseInput(SignalListQuery, request.query, 'query');
    const { limit, cursor } = query;
    const filter = {
      types: query.type,
      agentIds: query.agent_id,
      environments: query.environment,
      fromMs: query.from === undefined ? undefined : Date.parse(query.from),
      toMs: query.to === undefined ? undefined : Date.parse(query.to),
    };
    const { orgId } = callerOf(request);
    const rows = await reader.signals(orgId, filter, momentOf(cursor), limit + 1);
    return { items: rows.slice(0, limit).map(signalToWire), next_cursor: nextMoment(rows, limit) };
  });
}
