import { sql } from 'kysely';
import type { MomentPosition, SessionReader, SignalFilter } from '../session-reader.ts';
import type { ChangeKind, SignalRow, TraceRow } from '../session-tx.ts';
import { allOf, firstRow, type Runner, type Sql } from './runner.ts';

type Part = Pick<
  SessionReader,
  'signals' | 'signalsByIds' | 'traces' | 'environments' | 'changesSince'
>;

interface SignalSql {
  readonly id: unknown;
  readonly subject_id: unknown;
  readonly session_id: unknown;
  readonly type: string;
  readonly subtype: string;
  readonly action: string | null;
  readonly severity: string;
  readonly agent_id: string | null;
  readonly policy_id: string | null;
  readonly event_id: unknown;
  readonly message: string;
  readonly data: string | null;
  readonly occurred_at: bigint;
}

interface TraceSql {
  readonly id: unknown;
  readonly session_id: unknown;
  readonly event_id: unknown;
  readonly policy_id: string | null;
  readonly policy_revision: bigint | null;
  readonly action: string;
  readonly inputs: string;
  readonly considered: string;
  readonly errors: string;
  readonly decided_by: string;
  readonly enforced: bigint;
  readonly latency_us: number | null;
  readonly occurred_at: bigint;
}

/** Reads of signals, traces, and the small lists that filters offer. */
export function signalReads(runner: Runner): Part {
  return {
    signals: (orgId, filter, after, limit) => signals(runner, orgId, filter, after, limit),
    async signalsByIds(orgId, ids) {
      const rows: SignalRow[] = [];
      for (const id of ids) {
        const row = await firstRow<SignalSql>(
          runner,
          sql`select * from signals where org_id = ${runner.id(orgId)} and id = ${runner.id(id)} limit 1`,
        );
        if (row !== undefined) rows.push(signalOf(runner, row));
      }
      return rows;
    },
    async traces(orgId, sessionId, after, limit) {
      const conditions = [
        sql`org_id = ${runner.id(orgId)}`,
        sql`session_id = ${runner.id(sessionId)}`,
      ];
      if (after !== null) {
        conditions.push(sql`(occurred_at, id) > (${after.atMs}, ${runner.id(after.id)})`);
      }
      const rows = await runner.all<TraceSql>(
        sql`select * from decision_traces where ${allOf(conditions)} order by occurred_at, id limit ${limit}`,
      );
      return rows.map((row) => traceOf(runner, row));
    },
    async environments(orgId, limit) {
      const rows = await runner.all<{ name: string }>(
        sql`select name from environments where org_id = ${runner.id(orgId)}
          order by name <> 'production', name limit ${limit}`,
      );
      return rows.map((row) => row.name);
    },
    async changesSince(orgId, revision, limit) {
      const rows = await runner.all<{ kind: ChangeKind; row_id: unknown; revision: bigint }>(
        sql`select kind, row_id, revision from changes
          where org_id = ${runner.id(orgId)} and revision > ${revision} order by revision limit ${limit}`,
      );
      return rows.map(({ kind, row_id: id, revision: at }) => ({
        kind,
        id: runner.uuid(id),
        revision: Number(at),
      }));
    },
  };
}

async function signals(
  runner: Runner,
  orgId: string,
  filter: SignalFilter,
  after: MomentPosition | null,
  limit: number,
): Promise<SignalRow[]> {
  const conditions = signalConditions(runner, orgId, filter);
  if (after !== null) {
    conditions.push(sql`(occurred_at, id) < (${after.atMs}, ${runner.id(after.id)})`);
  }
  const rows = await runner.all<SignalSql>(
    sql`select * from signals where ${allOf(conditions)} order by occurred_at desc, id desc limit ${limit}`,
  );
  return rows.map((row) => signalOf(runner, row));
}

function signalConditions(runner: Runner, orgId: string, filter: SignalFilter): Sql[] {
  const { subjectId, types, withoutSubtypes, agentIds, environments, fromMs, toMs } = filter;
  const conditions = [sql`org_id = ${runner.id(orgId)}`];
  if (subjectId !== undefined) conditions.push(sql`subject_id = ${runner.id(subjectId)}`);
  if (types !== undefined) conditions.push(sql`type in (${sql.join(types)})`);
  if (withoutSubtypes !== undefined) {
    conditions.push(sql`subtype not in (${sql.join(withoutSubtypes)})`);
  }
  if (agentIds !== undefined) conditions.push(sql`agent_id in (${sql.join(agentIds)})`);
  if (fromMs !== undefined) conditions.push(sql`occurred_at >= ${fromMs}`);
  if (toMs !== undefined) conditions.push(sql`occurred_at < ${toMs}`);
  if (environments !== undefined) {
    const ofOrg = sql`s.org_id = ${runner.id(orgId)} and s.environment in (${sql.join(environments)})`;
    const inScope = allOf(conditions);
    conditions.push(
      runner.flavour.isSpread
        ? sql`(session_id is null or session_id in (select s.id from sessions as s where ${ofOrg}
            and s.id in (select session_id from signals where ${inScope})))`
        : sql`(session_id is null or exists (select 1 from sessions as s where ${ofOrg} and s.id = signals.session_id))`,
    );
  }
  return conditions;
}

function signalOf(runner: Runner, row: SignalSql): SignalRow {
  return {
    id: runner.uuid(row.id),
    subjectId: runner.uuid(row.subject_id),
    sessionId: uuidOrNull(runner, row.session_id),
    type: row.type,
    subtype: row.subtype,
    action: row.action,
    severity: row.severity,
    agentId: row.agent_id,
    policyId: row.policy_id,
    eventId: uuidOrNull(runner, row.event_id),
    message: row.message,
    data: row.data,
    occurredAtMs: Number(row.occurred_at),
  };
}

function traceOf(runner: Runner, row: TraceSql): TraceRow {
  return {
    id: runner.uuid(row.id),
    sessionId: runner.uuid(row.session_id),
    eventId: uuidOrNull(runner, row.event_id),
    policyId: row.policy_id,
    policyRevision: row.policy_revision === null ? null : Number(row.policy_revision),
    action: row.action,
    inputs: row.inputs,
    considered: row.considered,
    errors: row.errors,
    decidedBy: row.decided_by,
    enforced: row.enforced !== 0n,
    latencyUs: row.latency_us === null ? null : Number(row.latency_us),
    occurredAtMs: Number(row.occurred_at),
  };
}

function uuidOrNull(runner: Runner, value: unknown): string | null {
  return value === null ? null : runner.uuid(value);
}
