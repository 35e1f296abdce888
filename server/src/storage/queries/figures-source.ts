import type { SessionFilter } from '@niitaka/core/session/session-filter.ts';
import { sql } from 'kysely';
import { wordConditions } from './goal-match.ts';
import { countPlain } from './range-totals.ts';
import { firstRow, toNumber, type Runner, type Sql } from './runner.ts';

/** Where the sessions of a filter are read from, and what is left to ask of them. */
export interface FiguresSource {
  readonly from: Sql;
  readonly conditions: readonly Sql[];
  readonly filter: SessionFilter;
}

/** Sessions of a range that are looked through for words one by one, where the index would give more hits. */
const scannedForWords = 200_000;

/**
 * Where the figures of a filter come from: the sessions whose goal matches, those with a tag, or a stretch of the
 * covering index. A search that hits much is looked for in the range instead.
 */
export async function figuresSource(
  runner: Runner,
  orgId: string,
  filter: SessionFilter,
): Promise<FiguresSource> {
  const { words, tag, fromMs, toMs, environments } = filter;
  const hasRange = fromMs !== undefined || toMs !== undefined;
  if (words === undefined) {
    if (tag !== undefined && hasRange) return taggedSource(runner, orgId, filter, tag);
    const from = hasRange && isCovered(filter) ? coveredSessions(runner) : sql`sessions as s`;
    return { from, conditions: [], filter };
  }
  const indexed = { from: filteredSource(runner, orgId, filter), conditions: [], filter };
  if (!hasRange) return indexed;
  const inRange = await countPlain(runner, orgId, { fromMs, toMs, environments });
  if (inRange > scannedForWords) return indexed;
  const row = await firstRow<{ count: bigint }>(
    runner,
    sql`select count(*) as count from ${runner.flavour.countedHits(orgId, words, Math.ceil(inRange / 4) + 1)}`,
  );
  if (toNumber(row?.count) <= inRange / 4) return indexed;
  return { from: sql`sessions as s`, conditions: wordConditions(runner, 's', words), filter };
}

/** Where sessions of a filter come from: all, or those whose goal matches. */
export function filteredSource(runner: Runner, orgId: string, filter: SessionFilter): Sql {
  if (filter.words === undefined) return sql`sessions as s`;
  return runner.flavour.hits(orgId, filter.words);
}

/** Sessions by the index that holds all that figures need: without the name the planner takes a narrower one. */
function coveredSessions({ flavour }: Runner): Sql {
  return sql`sessions as s ${flavour.by('sessions_covering')}`;
}

/** Whether the covering index answers a filter by itself, as stretches of its environments. */
function isCovered(filter: SessionFilter): boolean {
  const { environments, fromMs: _from, toMs: _to, ...rest } = filter;
  if (environments === undefined) return false;
  return Object.entries(rest).every(
    ([name, value]) => value === undefined || coveredFilters.has(name),
  );
}

const coveredFilters: ReadonlySet<string> = new Set<keyof SessionFilter>([
  'statuses',
  'hasErrors',
  'goalCompleted',
  'minScore',
  'maxScore',
  'minCostNanoUsd',
  'maxCostNanoUsd',
  'minDurationMs',
  'maxDurationMs',
  'incomplete',
]);

/** The sessions with a tag in a range: one stretch of the tags. */
function taggedSource(
  runner: Runner,
  orgId: string,
  { tag: _tag, ...rest }: SessionFilter,
  { key, value }: { readonly key: string; readonly value: string },
): FiguresSource {
  const conditions = [
    sql`t.org_id = ${runner.id(orgId)} and t.key = ${key} and t.value = ${value}`,
  ];
  if (rest.fromMs !== undefined) conditions.push(sql`t.started_at >= ${rest.fromMs}`);
  if (rest.toMs !== undefined) conditions.push(sql`t.started_at < ${rest.toMs}`);
  const { join, owner } = runner.flavour;
  const from = sql`session_tags as t ${join} sessions as s
    on ${sql.ref(`s.${owner.of}`)} = ${sql.ref(`t.${owner.column}`)}`;
  return { from, conditions, filter: rest };
}
