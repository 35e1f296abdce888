import type { SessionFilter } from '@niitaka/core/session/session-filter.ts';
import { sql } from 'kysely';
import { longWordConditions } from './goal-match.ts';
import { countPlain } from './range-totals.ts';
import { allOf, firstRow, toNumber, type Runner, type Sql } from './runner.ts';
import { contextFor, sessionConditions, type ConditionContext } from './session-conditions.ts';

/** The newest sessions looked at for an estimate; where a filter means fewer, the count is exact. */
export const sampledSessions = 1_000;

/** The newest hits of a search that are looked at for an estimate. */
const sampledHits = 200;

/** How many sessions a filter means: counted where they are few or rolled up, else by its share of the newest ones. */
export async function estimateSessions(
  runner: Runner,
  orgId: string,
  filter: SessionFilter,
  nowMs: number,
): Promise<number> {
  if (filter.words?.length === 0) return 0;
  const { fromMs, toMs, environments, rootOnly, words, ...rest } = filter;
  const plain: SessionFilter = { fromMs, toMs, environments };
  const context = await contextFor(runner, orgId, filter, nowMs);
  const isMatch = allOf([
    ...sessionConditions(rest, context),
    ...longWordConditions(runner, 's', words ?? []),
    ...(rootOnly === true ? [sql`s.parent_session_id is null`] : []),
  ]);
  if (words !== undefined) return estimateHits(context, plain, words, isMatch);
  if (hasIndex(rest) || context.tagIsRare === true) {
    const counted = await countSome(
      context,
      allOf([...sessionConditions(plain, context), isMatch]),
    );
    if (counted <= sampledSessions) return counted;
  }
  if (rootOnly !== true && Object.values(rest).every((value) => value === undefined)) {
    return countPlain(runner, orgId, plain);
  }
  const newest = sql`select * from sessions as s where ${allOf(sessionConditions(plain, context))}
    order by s.started_at desc, s.id desc limit ${sampledSessions}`;
  const { sampled, matched } = await sample(context, newest, isMatch);
  if (sampled < sampledSessions) return matched;
  return Math.round(((await countPlain(runner, orgId, plain)) * matched) / sampled);
}

/** Filters whose sessions an index gives by themselves. */
function hasIndex(filter: SessionFilter): boolean {
  const { agentIds, userIds, conversationIds, parentSessionId } = filter;
  return [agentIds, userIds, conversationIds, parentSessionId].some((value) => value !== undefined);
}

async function countSome({ runner }: ConditionContext, conditions: Sql): Promise<number> {
  const row = await firstRow<{ count: bigint }>(
    runner,
    sql`select count(*) as count from
      (select 1 from sessions as s where ${conditions} limit ${sampledSessions + 1}) as counted`,
  );
  return toNumber(row?.count);
}

async function sample(
  { runner }: ConditionContext,
  from: Sql,
  isMatch: Sql,
): Promise<{ sampled: number; matched: number }> {
  const row = await firstRow<{ sampled: bigint; matched: bigint | null }>(
    runner,
    sql`select count(*) as sampled, sum(case when ${isMatch} then 1 else 0 end) as matched from (${from}) as s`,
  );
  return { sampled: toNumber(row?.sampled), matched: toNumber(row?.matched) };
}

/** Fewer hits than are sampled are counted; of more, the newest ones tell how densely they lie among all arrivals. */
async function estimateHits(
  { runner, orgId, ...context }: ConditionContext,
  plain: SessionFilter,
  words: readonly string[],
  isMatch: Sql,
): Promise<number> {
  const all = allOf([...sessionConditions(plain, { runner, orgId, ...context }), isMatch]);
  const row = await firstRow<{ sampled: bigint; matched: bigint | null; oldest: bigint | null }>(
    runner,
    sql`select count(*) as sampled, sum(case when ${all} then 1 else 0 end) as matched, min(s.session_key) as oldest
      from ${runner.flavour.newestHits(orgId, words, sampledHits)}`,
  );
  const matched = toNumber(row?.matched);
  if (toNumber(row?.sampled) < sampledHits) return matched;
  const last = await firstRow<{ key: bigint }>(runner, runner.flavour.newestArrival(orgId));
  const newest = toNumber(last?.key);
  return Math.round((matched * newest) / (newest - toNumber(row?.oldest) + 1));
}

/** The start of the oldest session of a range and environment; null when there is none. */
export async function oldestStart(
  runner: Runner,
  orgId: string,
  { fromMs, toMs, environments }: SessionFilter,
): Promise<number | null> {
  const plain = { fromMs, toMs, environments };
  const conditions = sessionConditions(plain, { runner, orgId, nowMs: 0, alias: 's' });
  const row = await firstRow<{ started_at: bigint }>(
    runner,
    sql`select s.started_at from sessions as s where ${allOf(conditions)} order by s.started_at limit 1`,
  );
  return row === undefined ? null : Number(row.started_at);
}
