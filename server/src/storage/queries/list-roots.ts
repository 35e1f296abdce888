import type { SessionFilter } from '@niitaka/core/session/session-filter.ts';
import { sql } from 'kysely';
import type { ListedSql, ShownRow } from './list-sessions.ts';
import { wordConditions } from './goal-match.ts';
import { allOf, type Runner, type Sql } from './runner.ts';
import { isPlainFilter, sessionConditions, type ConditionContext } from './session-conditions.ts';
import { rowsById, type SummarySql } from './summary-rows.ts';

/** Sessions of one tree that are looked at for matches. */
const treeSessions = 100_000;

/** A row kept, and the match it stands for. */
export interface KeptRow extends ShownRow {
  readonly listed: ListedSql;
}

/** Trees met while one page is made, by root id. */
export type MatchedTrees = Map<string, MatchedTree>;

interface MatchedTree {
  /** The newest match of the tree; the root stands where it stands. */
  readonly newestId: string;
  readonly below: number;
  /** Null while the root has not arrived. */
  readonly root: SummarySql | null;
}

/**
 * What a list of roots adds to its conditions. By range and environment alone a root stands for itself, so a child is
 * looked at only where its root is not in the list; with any other filter every match is looked at.
 */
export function rootConditions(context: ConditionContext, filter: SessionFilter): Sql[] {
  const { rootOnly: _rootOnly, ...rest } = filter;
  if (!isPlainFilter(rest)) return [];
  const inScope = sessionConditions(rest, { ...context, alias: 'r' });
  if (context.runner.flavour.isSpread) {
    return [
      sql`(s.parent_session_id is null or s.root_session_id not in (
        select r.id from sessions as r where ${allOf(inScope)}))`,
    ];
  }
  return [
    sql`(s.parent_session_id is null or not exists (
      select 1 from sessions as r where ${allOf(inScope)} and r.id = s.root_session_id))`,
  ];
}

/**
 * The rows to show for a stretch of matches: each tree once, by its root, where its newest match stands. A match
 * whose root is not known stands for itself; by range and environment alone only if its parent is not known either.
 */
export async function keepRoots(
  context: ConditionContext,
  filter: SessionFilter,
  isByArrival: boolean,
  found: readonly ListedSql[],
  trees: MatchedTrees,
): Promise<KeptRow[]> {
  const { runner } = context;
  const { rootOnly: _rootOnly, ...rest } = filter;
  const isPlain = isPlainFilter(rest);
  const standsForItself = (row: ListedSql) => isPlain && row.parent_session_id === null;
  const rootOf = (row: ListedSql) => runner.uuid(row.root_session_id);
  await readTrees(
    context,
    rest,
    isByArrival,
    found.filter((row) => !standsForItself(row)).map(rootOf),
    trees,
  );
  const orphans = found.filter((row) => isPlain && trees.get(rootOf(row))?.root === null);
  const parents = await knownParents(context, orphans);
  return found.flatMap((listed): KeptRow[] => {
    const itself = [{ listed, row: listed, matchedDescendants: null }];
    if (standsForItself(listed)) return itself;
    const tree = trees.get(rootOf(listed));
    if (tree === undefined || tree.root === null) {
      const parentId = listed.parent_session_id;
      return parentId !== null && parents.has(runner.uuid(parentId)) ? [] : itself;
    }
    if (tree.newestId !== runner.uuid(listed.id)) return [];
    return [{ listed, row: tree.root, matchedDescendants: tree.below }];
  });
}

interface TreeSql {
  readonly root_session_id: unknown;
  readonly newest: unknown;
  readonly below: bigint;
}

/** Reads what is not known yet of the trees with these roots. */
async function readTrees(
  context: ConditionContext,
  filter: SessionFilter,
  isByArrival: boolean,
  rootIds: readonly string[],
  trees: MatchedTrees,
): Promise<void> {
  const { runner, orgId } = context;
  const wanted = [...new Set(rootIds)].filter((id) => !trees.has(id));
  if (wanted.length === 0) return;
  const { words = [], ...rest } = filter;
  const conditions = allOf([
    ...sessionConditions(rest, { ...context, alias: 'n' }),
    ...wordConditions(runner, 'n', words),
  ]);
  const order = isByArrival ? sql`n.session_key desc` : sql`n.started_at desc, n.id desc`;
  const rows = await (runner.flavour.isSpread
    ? spreadTrees(runner, wanted, conditions, order)
    : localTrees(runner, orgId, wanted, conditions, order));
  const known = new Map<string, SummarySql>();
  for (const row of await rowsById(runner, orgId, wanted)) known.set(runner.uuid(row.id), row);
  for (const row of rows) {
    const id = runner.uuid(row.root_session_id);
    if (row.newest === null) continue;
    const newestId = runner.uuid(row.newest);
    trees.set(id, { newestId, below: Number(row.below), root: known.get(id) ?? null });
  }
}

/** The newest match of each tree, and how many it has below its root. */
function localTrees(
  runner: Runner,
  orgId: string,
  rootIds: readonly string[],
  conditions: Sql,
  order: Sql,
): Promise<TreeSql[]> {
  const roots = sql.join(rootIds.map((id) => sql`(${runner.flavour.id(runner.id(id))})`));
  // Its limit keeps the tree's own index in use, whatever the filter is.
  const matches = sql`from (select * from sessions as m where m.org_id = ${runner.id(orgId)}
    and m.root_session_id = c.root_session_id limit ${treeSessions}) as n where ${conditions}`;
  return runner.all<TreeSql>(
    sql`with c (root_session_id) as (values ${roots})
      select c.root_session_id, (select n.id ${matches} order by ${order} limit 1) as newest,
        (select count(*) ${matches} and n.id <> c.root_session_id) as below from c`,
  );
}

/** The same where a tree lies on several nodes: its matches are gathered by their root. */
function spreadTrees(
  runner: Runner,
  rootIds: readonly string[],
  conditions: Sql,
  order: Sql,
): Promise<TreeSql[]> {
  return runner.all<TreeSql>(
    sql`select n.root_session_id, (array_agg(n.id order by ${order}))[1] as newest,
        count(*) filter (where n.id <> n.root_session_id) as below from sessions as n
      where ${conditions} and n.root_session_id in (${sql.join(rootIds.map((id) => runner.id(id)))})
      group by n.root_session_id`,
  );
}

/** Parents that have arrived, of the matches whose root has not. */
async function knownParents(
  { runner, orgId }: ConditionContext,
  orphans: readonly ListedSql[],
): Promise<ReadonlySet<string>> {
  const ids = orphans.flatMap(({ parent_session_id: id }) =>
    id === null ? [] : [runner.uuid(id)],
  );
  const rows = await rowsById(runner, orgId, [...new Set(ids)]);
  return new Set(rows.map((row) => runner.uuid(row.id)));
}
