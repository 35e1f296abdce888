import type { FastifyInstance, FastifyRequest } from 'fastify';
import { comparePolicies } from '@niitaka/core/policy/compile-policies.ts';
import { readPolicy } from '@niitaka/core/policy/parse-policy.ts';
import {
  ChangePolicy,
  CreatePolicy,
  DeletePolicyQuery,
  type ListedPolicy,
  type Policy,
  type PolicyRevision,
} from '@niitaka/protocol/policy.ts';
import { policyLimit } from '../../commands/create-policy.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../authenticate.ts';
import { onceOf } from '../idempotency.ts';
import { contentOf, contentToWire, policyToWire, revisionToWire } from '../map-policy.ts';
import { parseInput } from '../parse-input.ts';
import { HttpProblem, problemOf, problemOfChange } from '../problem.ts';

/** Within which time hits of a policy are counted. */
const hitsWithinMs = 7 * 86_400_000;

/** Revisions of one policy that are listed. */
const shownRevisions = 500;

/** `/policies`: listed in the order in which they are asked, changed by revision, old revisions kept (P1). */
export async function policyRoutes(app: FastifyInstance, parts: AppParts): Promise<void> {
  const { storage, run, clock } = parts;
  const standing = async (orgId: string, id: string) => {
    const row = await storage.reader.policy(orgId, id);
    return row === null ? null : policyToWire(row);
  };

  app.get('/policies', { config: { access: 'read' } }, async (request) => {
    const { orgId } = callerOf(request);
    const rows = await storage.reader.policies(orgId, policyLimit);
    const ids = rows.map(({ id }) => id);
    const hits = await storage.reader.policyHits(orgId, ids, clock() - hitsWithinMs);
    const byId = new Map(hits.map((one) => [one.policyId, one.hits]));
    const items = rows.map((row) => ({ ...policyToWire(row), hits_7d: byId.get(row.id) ?? 0 }));
    return { items: inOrder(items) } satisfies { items: ListedPolicy[] };
  });

  app.post('/policies', { config: { access: 'admin' } }, async (request, reply) => {
    const { orgId, actor } = callerOf(request);
    const content = contentOf(parseInput(CreatePolicy, request.body, 'body'));
    const args = { orgId, actor, content };
    const ran = await run('create-policy', { once: onceOf(request), args });
    if (!ran.ok) throw problemOf(ran.failure);
    return reply.code(201).send(policyToWire(ran.value.value));
  });

  app.patch('/policies/:id', { config: { access: 'admin' } }, async (request): Promise<Policy> => {
    const { orgId, actor } = callerOf(request);
    const id = policyId(request);
    const { revision, ...changes } = parseInput(ChangePolicy, request.body, 'body');
    const found = await storage.reader.policy(orgId, id);
    if (found === null) throw noPolicy(id);
    const whole = { ...contentToWire(found.content), ...changes };
    const content = contentOf(parseInput(CreatePolicy, whole, 'body'));
    const ran = await run('change-policy', { orgId, actor, id, revision, content });
    if (ran.ok) return policyToWire(ran.value);
    throw await problemOfChange(ran.failure, () => standing(orgId, id));
  });

  app.delete('/policies/:id', { config: { access: 'admin' } }, async (request, reply) => {
    const { orgId, actor } = callerOf(request);
    const id = policyId(request);
    const { revision = null } = parseInput(DeletePolicyQuery, request.query, 'query');
    const ran = await run('delete-policy', { orgId, actor, id, revision });
    if (ran.ok) return reply.code(204).send();
    throw await problemOfChange(ran.failure, () => standing(orgId, id));
  });

  app.get(
    '/policies/:id/revisions',
    { config: { access: 'read' } },
    async (request): Promise<{ items: PolicyRevision[] }> => {
      const id = policyId(request);
      const rows = await storage.reader.policyRevisions(
        callerOf(request).orgId,
        id,
        shownRevisions,
      );
      const oldest = rows.at(-1);
      if (oldest === undefined) throw noPolicy(id);
      return { items: rows.map((row) => revisionToWire(row, oldest.atMs)) };
    },
  );
}

/** The order over all stages in which the engine asks them (P3). */
export function inOrder<P extends Policy>(policies: readonly P[]): P[] {
  return policies
    .map((policy) => ({ policy, read: readPolicy(policy) }))
    .toSorted((one, other) => comparePolicies(one.read, other.read))
    .map(({ policy }) => policy);
}

function policyId(request: FastifyRequest): string {
  return (request.params as { id: string }).id;
}

/** The problem that a policy does not exist, for this organisation. */
export function noPolicy(id: string): HttpProblem {
  return new HttpProblem('not_found', `There is no policy ${JSON.stringify(id.slice(0, 200))}`);
}
