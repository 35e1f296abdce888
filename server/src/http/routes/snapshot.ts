import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { guardrailPolicies } from '@niitaka/core/agent/guardrail-policies.ts';
import { runtimeConfig } from '@niitaka/core/agent/runtime-config.ts';
import type { PriceRow } from '@niitaka/core/cost/price.ts';
import { SnapshotQuery, type Policy, type Snapshot } from '@niitaka/protocol/policy.ts';
import { policyLimit } from '../../commands/create-policy.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../authenticate.ts';
import { guardrailToWire, policyToWire } from '../map-policy.ts';
import { namedPrices } from '../named-prices.ts';
import { parseInput } from '../parse-input.ts';
import { inOrder } from './policies.ts';

/** `/snapshot`: what an agent needs to decide by itself; unchanged it is answered with 304 (P5). */
export async function snapshotRoutes(
  app: FastifyInstance,
  { storage, clock, run }: AppParts,
): Promise<void> {
  const pricesOf = namedPrices(run, clock);
  app.get(
    '/snapshot',
    { config: { access: 'ingest', readsQuery: true } },
    async (request, reply) => {
      const { orgId } = callerOf(request);
      const query = parseInput(SnapshotQuery, request.query, 'query');
      const moved = await storage.reader.snapshotRevision(orgId);
      const rows = await storage.reader.policies(orgId, policyLimit);
      const { agent_id: agentId } = query;
      const active =
        agentId === undefined ? null : await storage.reader.activeVersion(orgId, agentId);
      const policies = [
        ...rows.map(policyToWire).filter((policy) => isFor(policy, query)),
        ...(active === null ? [] : guardrailPolicies(active).map(guardrailToWire)),
      ];
      const { llm, sources } = runtimeConfig(active);
      const used = await storage.reader.modelPrices(orgId, clock() - usedWithinMs, pricesLimit);
      const usedPrices = used.map(({ price, ...name }) =>
        priceToWire({ ...(JSON.parse(price) as PriceRow), ...name }),
      );
      const named = await pricesOf(modelsNamed(policies, active?.content.model ?? null));
      const snapshot: Snapshot = {
        revision: moved.policies + moved.prices,
        policies: inOrder(policies),
        config: { llm: { ...llm }, sources },
        prices: withOthers(usedPrices, named.map(priceToWire)),
      };
      const text = JSON.stringify(snapshot);
      const tag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
      reply.header('etag', tag);
      if (request.headers['if-none-match'] === tag) return reply.code(304).send();
      return reply.type('application/json; charset=utf-8').send(text);
    },
  );
}

/** The models whose prices a snapshot carries because they were used: within 30 days, and no more than this. */
const usedWithinMs = 30 * 86_400_000;
const pricesLimit = 1_000;

type WirePrice = Snapshot['prices'][number];

function priceToWire(row: PriceRow): WirePrice {
  return row as WirePrice;
}

/** What an agent may call before anybody did: what its version says, and what it falls back to. */
function modelsNamed(policies: readonly Policy[], model: string | null): readonly string[] {
  const fallbacks = policies.flatMap(({ action }) => {
    const { fallback_model: fallback } = action as { fallback_model?: unknown };
    return typeof fallback === 'string' ? [fallback] : [];
  });
  return [...new Set(model === null ? fallbacks : [model, ...fallbacks])];
}

/** What calls were priced by stands before what only the price book says. */
function withOthers(used: readonly WirePrice[], named: readonly WirePrice[]): WirePrice[] {
  const nameOf = ({ provider, model }: WirePrice) => `${provider ?? ''}\n${model}`;
  const known = new Set(used.map(nameOf));
  return [...used, ...named.filter((price) => !known.has(nameOf(price)))];
}

function isFor(policy: Policy, asked: SnapshotQuery): boolean {
  const isForAgent = policy.agent_id === null || policy.agent_id === asked.agent_id;
  const { environment } = policy;
  const isThere =
    environment === null || asked.environment === undefined || environment === asked.environment;
  return policy.mode !== 'off' && isForAgent && isThere;
}
