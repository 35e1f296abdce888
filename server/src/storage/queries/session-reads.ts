import type { SessionStatus } from '@niitaka/core/session/session.ts';
import { sql } from 'kysely';
import type { SessionReader, SessionSummary, SessionWhole } from '../session-reader.ts';
import { estimateSessions, oldestStart } from './estimate-sessions.ts';
import { listSessions } from './list-sessions.ts';
import { rowsOfSession } from './event-reads.ts';
import { firstRow, type Runner } from './runner.ts';
import { sendersOf } from './senders-of.ts';
import { sessionTree } from './session-tree.ts';
import { readRow, rowsById, summariesOf, summaryColumns, type SummarySql } from './summary-rows.ts';

type Part = Pick<
  SessionReader,
  | 'listSessions'
  | 'estimateSessions'
  | 'sessionStatus'
  | 'sessionSummaries'
  | 'sessionWhole'
  | 'sessionTree'
  | 'oldestStart'
>;

/** Reads of sessions themselves. */
export function sessionReads(runner: Runner): Part {
  return {
    listSessions: (orgId, request) => listSessions(runner, orgId, request),
    estimateSessions: (orgId, filter, nowMs) => estimateSessions(runner, orgId, filter, nowMs),
    async sessionStatus(orgId, id) {
      const row = await firstRow<{ status: SessionStatus }>(
        runner,
        sql`select status from sessions where org_id = ${runner.id(orgId)} and id = ${runner.id(id)}`,
      );
      return row?.status ?? null;
    },
    sessionSummaries: (orgId, ids, nowMs) => summariesById(runner, orgId, ids, nowMs),
    sessionWhole: (orgId, id, nowMs) => sessionWhole(runner, orgId, id, nowMs),
    sessionTree: (orgId, id, depth, nowMs) => sessionTree(runner, orgId, id, depth, nowMs),
    oldestStart: (orgId, filter) => oldestStart(runner, orgId, filter),
  };
}

async function summariesById(
  runner: Runner,
  orgId: string,
  ids: readonly string[],
  nowMs: number,
): Promise<SessionSummary[]> {
  return summariesOf(runner, orgId, (await rowsById(runner, orgId, ids)).map(readRow), nowMs);
}

interface WholeSql extends SummarySql {
  readonly metadata: string | null;
  readonly truncated: string | null;
  readonly agent_name: string | null;
}

async function sessionWhole(
  runner: Runner,
  orgId: string,
  id: string,
  nowMs: number,
): Promise<SessionWhole | null> {
  const [row] = await runner.rows<WholeSql>(
    sql`select ${summaryColumns}, s.metadata, s.truncated, a.name as agent_name
      from sessions as s left join agents as a on a.org_id = s.org_id and a.id = s.agent_id
      where s.org_id = ${runner.id(orgId)} and s.id = ${runner.id(id)}`,
  );
  const ofSession = await rowsOfSession(runner, orgId, id);
  if (row === undefined || ofSession === null) return null;
  const [summary] = await summariesOf(runner, orgId, [readRow(row)], nowMs);
  if (summary === undefined) return null;
  return {
    ...summary,
    metadata: row.metadata,
    truncated: row.truncated,
    agentName: row.agent_name,
    parent: await parentOf(runner, orgId, summary.session.parentSessionId),
    senders: await sendersOf(runner, ofSession),
  };
}

async function parentOf(
  runner: Runner,
  orgId: string,
  id: string | null,
): Promise<SessionWhole['parent']> {
  if (id === null) return null;
  const row = await firstRow<{ goal: string | null; agent_id: string | null }>(
    runner,
    sql`select goal, agent_id from sessions
      where org_id = ${runner.id(orgId)} and id = ${runner.id(id)}`,
  );
  return row === undefined ? null : { id, goal: row.goal, agentId: row.agent_id };
}
