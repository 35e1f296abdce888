import { sql } from 'kysely';
import type {
  FailedFacts,
  ReplayEventRequest,
  ReplayEvents,
  ReplayReader,
  ReplaySession,
} from '../replay-reader.ts';
import { allOf, listOfValues, type Runner, type Sql } from './runner.ts';
import { contextFor, sessionConditions } from './session-conditions.ts';

interface SessionSql {
  readonly owner: unknown;
  readonly id: unknown;
  readonly root_session_id: unknown;
  readonly parent_session_id: unknown;
  readonly child_count: number;
  readonly agent_id: string | null;
  readonly environment: string;
  readonly goal: string | null;
  readonly started_at: number;
  readonly goal_completed: number | null;
  readonly total_cost: string;
  readonly step_count: number;
  readonly error_count: number;
  readonly event_count: number;
  readonly unpriced_count: number;
}

interface EventSql {
  readonly owner: unknown;
  readonly id: Uint8Array;
  readonly started_at: number;
  readonly position: number;
  readonly cost: number | null;
  readonly data: string | null;
}

/** Reads for replays, of the columns that policies look at. */
export function replayReads(runner: Runner): ReplayReader {
  return {
    async replaySessions(orgId, filter, after, limit) {
      const context = await contextFor(runner, orgId, filter, 0);
      const conditions = sessionConditions(filter, context);
      if (after !== null) {
        conditions.push(
          sql`s.started_at <= ${after.startedAtMs}`,
          sql`(s.started_at, s.id) < (${after.startedAtMs}, ${runner.id(after.id)})`,
        );
      }
      const rows = await runner.rows<SessionSql>(
        sql`select ${sessionColumns(runner)} from sessions as s where ${allOf(conditions)}
          order by s.started_at desc, s.id desc limit ${limit}`,
      );
      return rows.map((row) => sessionOf(runner, row));
    },
    async replayTrees(orgId, rootIds, limit) {
      if (rootIds.length === 0) return [];
      const rows = await runner.rows<SessionSql>(
        sql`select ${sessionColumns(runner)} from sessions as s
          where s.org_id = ${runner.id(orgId)} and ${runner.inTime(sql`s.session_key`)}
            and s.root_session_id in (${listOfValues(rootIds.map(runner.id))}) limit ${limit}`,
      );
      return rows.map((row) => sessionOf(runner, row));
    },
    async replayEvents(orgId, request) {
      const rows = await runner.rows<EventSql>(eventQuery(runner, orgId, request));
      return columnsOf(runner, rows, request);
    },
  };
}

function sessionColumns({ flavour }: Runner): Sql {
  return sql`${sql.ref(`s.${flavour.owner.of}`)} as owner, s.id, s.root_session_id, s.parent_session_id,
    s.child_count, s.agent_id, s.environment, s.goal, s.started_at, s.goal_completed,
    cast(s.total_cost as text) as total_cost, s.step_count, s.error_count, s.event_count, s.unpriced_count`;
}

function sessionOf(runner: Runner, row: SessionSql): ReplaySession {
  return {
    key: runner.flavour.ownerName(row.owner),
    id: runner.uuid(row.id),
    rootSessionId: runner.uuid(row.root_session_id),
    isAlone: row.parent_session_id === null && row.child_count === 0,
    agentId: row.agent_id,
    environment: row.environment,
    goal: row.goal,
    startedAtMs: row.started_at,
    goalCompleted: row.goal_completed === null ? null : row.goal_completed === 1,
    costNanoUsd: BigInt(row.total_cost),
    steps: row.step_count,
    errors: row.error_count,
    events: row.event_count,
    unpriced: row.unpriced_count,
  };
}

/** The content is read of failures only. What one event costs is far below 2^53 nano-USD. */
function eventQuery(
  { flavour, inTime }: Runner,
  orgId: string,
  { keys, what, after, limit }: ReplayEventRequest,
): Sql {
  const owner = sql.ref(`e.${flavour.owner.column}`);
  const types = what === 'steps' ? sql`('llm', 'tool')` : sql`('error')`;
  const owners = keys.map(flavour.ownerFrom);
  const conditions = [
    flavour.within('e', orgId),
    owners.length === 1 ? sql`${owner} = ${owners[0]}` : sql`${owner} in (${listOfValues(owners)})`,
    inTime(sql`e.position`),
    sql`e.type in ${types}`,
    sql`e.state <> 1`,
    sql`e.after_end = 0`,
  ];
  if (after !== null) {
    conditions.push(
      sql`e.started_at >= ${after.atMs}`,
      sql`(e.started_at, e.position) > (${after.atMs}, ${after.position})`,
    );
  }
  // Several sessions are put in order by whoever asked: their rows come by their index as they lie.
  const order = owners.length === 1 ? sql`order by e.started_at, e.position` : sql``;
  const data = what === 'steps' ? sql`null` : sql`e.data`;
  return sql`select ${owner} as owner, e.id, e.started_at, e.position, e.cost, ${data} as data
    from events as e ${flavour.by('events_time')} where ${allOf(conditions)} ${order} limit ${limit}`;
}

function columnsOf(
  { flavour }: Runner,
  rows: readonly EventSql[],
  { keys, limit }: ReplayEventRequest,
): ReplayEvents {
  const known = new Map(keys.map((key, place) => [key, place]));
  const places = new Int32Array(rows.length);
  let [owner, place]: [unknown, number] = [null, 0];
  for (const [index, row] of rows.entries()) {
    // Rows of one session mostly lie together.
    if (row.owner !== owner) place = known.get(flavour.ownerName(row.owner)) ?? 0;
    owner = row.owner;
    places[index] = place;
  }
  const sorted = inOrder(rows, places);
  const ids = new Uint8Array(rows.length * idBytes);
  for (const [index, { id }] of sorted.entries()) ids.set(id, index * idBytes);
  return {
    session: places.sort(),
    atMs: Float64Array.from(sorted, (row) => row.started_at),
    position: Float64Array.from(sorted, (row) => row.position),
    costNanoUsd: Float64Array.from(sorted, (row) => row.cost ?? 0),
    ids,
    failed: sorted.flatMap(({ data }) => (data === null ? [] : [failedOf(data)])),
    isCut: rows.length >= limit,
  };
}

const idBytes = 16;

/** By session, time and position. */
function inOrder(rows: readonly EventSql[], places: Int32Array): EventSql[] {
  const compare = (one: number, other: number): number => {
    const [a, b] = [rows[one], rows[other]];
    const bySession = (places[one] ?? 0) - (places[other] ?? 0);
    if (bySession !== 0 || a === undefined || b === undefined) return bySession;
    return a.started_at - b.started_at || a.position - b.position;
  };
  return Array.from(rows, (_, index) => index)
    .sort(compare)
    .flatMap((index) => rows[index] ?? []);
}

/** An error with an attempt is a call that failed; any other is the agent's own. */
function failedOf(text: string): FailedFacts | null {
  const { attempt, kind, model } = JSON.parse(text) as Record<string, unknown>;
  if (typeof attempt !== 'number') return null;
  const name = (value: unknown) => (typeof value === 'string' ? value : null);
  return { attempt, kind: name(kind), model: name(model) };
}
