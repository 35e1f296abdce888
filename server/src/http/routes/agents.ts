import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  AgentListQuery,
  AgentQuery,
  ChangeAgent,
  type AgentDetail,
  type AgentPage,
} from '@niitaka/protocol/agent.ts';
import { agentDetailOf, agentPageOf } from '../agent-answers.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../authenticate.ts';
import { parseInput } from '../parse-input.ts';
import { HttpProblem, problemOf } from '../problem.ts';
import { readerOf } from '../reader-of.ts';
import { timeOf } from '../session-filter.ts';

/** `/agents`: their figures, and what people say of them (A1, A2). */
export async function agentRoutes(app: FastifyInstance, parts: AppParts): Promise<void> {
  const { storage, run, clock } = parts;
  const { reader } = storage;

  app.get(
    '/agents',
    { config: { access: 'read', readsQuery: true } },
    async (request, reply): Promise<AgentPage> => {
      const query = parseInput(AgentListQuery, request.query, 'query');
      const list = {
        afterId: query.cursor ?? null,
        limit: query.limit,
        includesArchived: query.include_archived,
        environments: query.environment,
      };
      return agentPageOf(
        readerOf(storage, reply),
        callerOf(request).orgId,
        list,
        rangeOf(query),
        clock(),
      );
    },
  );

  app.get(
    '/agents/:id',
    { config: { access: 'read', readsQuery: true } },
    async (request): Promise<AgentDetail> => {
      const range = rangeOf(parseInput(AgentQuery, request.query, 'query'));
      const { orgId } = callerOf(request);
      const id = agentParam(request);
      const detail = await agentDetailOf(reader, orgId, id, range, clock());
      if (detail === null) throw noAgent(id);
      return detail;
    },
  );

  app.patch(
    '/agents/:id',
    { config: { access: 'admin' } },
    async (request): Promise<AgentDetail> => {
      const { orgId, actor } = callerOf(request);
      const id = agentParam(request);
      const body = parseInput(ChangeAgent, request.body, 'body');
      const { name, description, status_override: statusOverride } = body;
      const changes = {
        name,
        // An empty text is none.
        description: description === '' ? null : description,
        statusOverride,
      };
      const ran = await run('change-agent', { orgId, actor, id, changes });
      if (!ran.ok) throw problemOf(ran.failure);
      const detail = await agentDetailOf(reader, orgId, id, {}, clock());
      if (detail === null) throw noAgent(id);
      return detail;
    },
  );
}

/** The agent that a path names. */
export function agentParam(request: FastifyRequest): string {
  return (request.params as { id: string }).id;
}

/** That there is no such agent. */
export function noAgent(id: string): HttpProblem {
  return new HttpProblem('not_found', `There is no agent ${JSON.stringify(id.slice(0, 200))}`);
}

function rangeOf({
  from,
  to,
  environment,
}: {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly environment?: string[] | undefined;
}) {
  return { fromMs: timeOf('from', from), toMs: timeOf('to', to), environments: environment };
}
