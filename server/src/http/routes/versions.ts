import type { FastifyInstance, FastifyRequest } from 'fastify';
import { runtimeConfig } from '@niitaka/core/agent/runtime-config.ts';
import {
  ChangeVersion,
  CreateVersion,
  RuntimeConfigQuery,
  type AgentVersion,
  type RuntimeConfig,
} from '@niitaka/protocol/agent.ts';
import { versionLimit } from '../../commands/create-version.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../authenticate.ts';
import { onceOf } from '../idempotency.ts';
import { versionChangesOf, versionContentOf, versionToWire } from '../map-agent.ts';
import { parseInput } from '../parse-input.ts';
import { HttpProblem, problemOf, problemOfChange } from '../problem.ts';
import { agentParam, noAgent } from './agents.ts';

/** `/agents/{id}/versions`: drafts are edited, one version is active, any other comes back (A3). */
export async function versionRoutes(app: FastifyInstance, parts: AppParts): Promise<void> {
  const { storage, run } = parts;
  const { reader } = storage;
  const path = '/agents/:id/versions';

  app.get(
    path,
    { config: { access: 'read' } },
    async (request): Promise<{ items: AgentVersion[] }> => {
      const { orgId } = callerOf(request);
      const id = agentParam(request);
      const rows = await reader.versions(orgId, id, versionLimit);
      if (rows.length === 0 && (await reader.agent(orgId, id)) === null) throw noAgent(id);
      return { items: rows.map(versionToWire) };
    },
  );

  app.post(path, { config: { access: 'admin' } }, async (request, reply) => {
    const { orgId, actor } = callerOf(request);
    const content = versionContentOf(parseInput(CreateVersion, request.body, 'body'));
    const args = { orgId, actor, agentId: agentParam(request), content };
    const ran = await run('create-version', { once: onceOf(request), args });
    if (!ran.ok) throw problemOf(ran.failure);
    return reply.code(201).send(versionToWire(ran.value.value));
  });

  app.patch(
    `${path}/:number`,
    { config: { access: 'admin' } },
    async (request): Promise<AgentVersion> => {
      const { orgId, actor } = callerOf(request);
      const { revision, ...body } = parseInput(ChangeVersion, request.body, 'body');
      const version = { agentId: agentParam(request), number: numberParam(request) };
      const changes = versionChangesOf(body);
      const ran = await run('change-version', { orgId, actor, ...version, revision, changes });
      if (ran.ok) return versionToWire(ran.value);
      throw await problemOfChange(ran.failure, async () => {
        const current = await reader.version(orgId, version.agentId, version.number);
        return current === null ? null : versionToWire(current);
      });
    },
  );

  app.post(
    `${path}/:number/activate`,
    { config: { access: 'admin' } },
    async (request): Promise<AgentVersion> => {
      const { orgId, actor } = callerOf(request);
      const version = { agentId: agentParam(request), number: numberParam(request) };
      const ran = await run('activate-version', { orgId, actor, ...version });
      if (!ran.ok) throw problemOf(ran.failure);
      return versionToWire(ran.value);
    },
  );

  app.get('/runtime-config', { config: { access: 'read', readsQuery: true } }, async (request) => {
    const { agent_id } = parseInput(RuntimeConfigQuery, request.query, 'query');
    const active = await reader.activeVersion(callerOf(request).orgId, agent_id);
    const { llm, sources } = runtimeConfig(active);
    return { agent_id, llm, sources, version: active?.number ?? null } satisfies RuntimeConfig;
  });
}

/** The version that a path names; what is no number answers like a version that does not exist. */
function numberParam(request: FastifyRequest): number {
  const { number = '' } = request.params as { number?: string };
  if (/^[1-9]\d{0,8}$/.test(number)) return Number(number);
  throw new HttpProblem('not_found', `There is no version ${JSON.stringify(number.slice(0, 50))}`);
}
