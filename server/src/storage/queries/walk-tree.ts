import type { TreeFigures } from '@niitaka/core/session/contributions.ts';
import { sql } from 'kysely';
import type { TreeSums } from '../session-reader.ts';
import { listOfValues, valuesInList, type Runner, type Sql } from './runner.ts';

/** Descendants read for one call; beyond them the sums say that they are cut short (S9). */
export const summedDescendants = 10_000;

/** What a walk needs of each session it meets. */
export interface WalkedSql {
  readonly id: unknown;
  readonly parent_session_id: unknown;
  readonly child_count: number;
  readonly status: string;
  readonly total_cost: string;
  readonly late_cost: string;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly step_count: number;
  readonly error_count: number;
  readonly unpriced_count: number;
}

/** The columns of {@link WalkedSql}, from `sessions` as `s`. */
export const walkedColumns: Sql = sql.raw(`s.id, s.parent_session_id, s.child_count, s.status,
  cast(s.total_cost as text) as total_cost, cast(s.late_cost as text) as late_cost, s.input_tokens, s.output_tokens, s.step_count, s.error_count, s.unpriced_count`);

/** One session met on a walk. */
export interface WalkedNode {
  readonly id: string;
  readonly childCount: number;
  readonly figures: TreeFigures;
}

/** The same, met below a session. */
export interface WalkedChild {
  readonly parentId: string;
  readonly node: WalkedNode;
}

/** The sessions met, and which stand below which. */
export interface WalkedTree {
  readonly nodes: Map<string, WalkedNode>;
  readonly children: Map<string, string[]>;
}

/** A walk that begins with these sessions. */
export function beginWalk(starts: readonly WalkedNode[]): WalkedTree {
  return { nodes: new Map(starts.map((node) => [node.id, node])), children: new Map() };
}

/** The sessions one level below, at most `limit`. */
export async function readLevel<Row extends WalkedSql>(
  runner: Runner,
  orgId: string,
  parentIds: readonly string[],
  columns: Sql,
  limit: number,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let from = 0; from < parentIds.length && rows.length < limit; from += valuesInList) {
    const some = parentIds.slice(from, from + valuesInList).map((id) => runner.id(id));
    rows.push(
      ...(await runner.rows<Row>(
        sql`select ${columns} from sessions as s where s.org_id = ${runner.id(orgId)}
          and s.parent_session_id in (${listOfValues(some)}) limit ${limit - rows.length}`,
      )),
    );
  }
  return rows;
}

/** Puts a level into the walk; answers the ids below which the next level lies. */
export function addLevel(tree: WalkedTree, level: readonly WalkedChild[]): string[] {
  const next: string[] = [];
  for (const { parentId, node } of level) {
    const siblings = tree.children.get(parentId);
    if (siblings === undefined) tree.children.set(parentId, [node.id]);
    else siblings.push(node.id);
    if (tree.nodes.has(node.id)) continue;
    tree.nodes.set(node.id, node);
    if (node.childCount > 0) next.push(node.id);
  }
  return next;
}

/** Reads on below the given sessions, level by level, until nothing or no budget is left. */
export async function walkDown(
  runner: Runner,
  orgId: string,
  tree: WalkedTree,
  fromIds: readonly string[],
  budget: number,
): Promise<void> {
  let level = fromIds;
  let left = budget;
  while (level.length > 0 && left > 0) {
    const rows = await readLevel<WalkedSql>(runner, orgId, level, walkedColumns, left);
    left -= rows.length;
    level = addLevel(
      tree,
      rows.map((row) => walkedChild(runner, row)),
    );
  }
}

/** Sums over a session and all that was met below it, for every one met; cut short where children are missing. */
export function sumsOfWalk(tree: WalkedTree): Map<string, TreeSums> {
  const sums = new Map<string, TreeSums>();
  for (const start of tree.nodes.keys()) {
    const open = [start];
    for (let id = open.at(-1); id !== undefined; id = open.at(-1)) {
      const node = tree.nodes.get(id);
      const below = tree.children.get(id) ?? [];
      const waiting = below.filter((child) => !sums.has(child));
      if (node === undefined || sums.has(id) || waiting.length === 0) {
        open.pop();
        if (node !== undefined && !sums.has(id)) sums.set(id, sumOf(node, below, sums));
      } else {
        open.push(...waiting);
      }
    }
  }
  return sums;
}

function walkedChild(runner: Runner, row: WalkedSql): WalkedChild {
  const figures: TreeFigures = {
    sessions: 1,
    running: row.status === 'running' ? 1 : 0,
    totalCostNanoUsd: BigInt(row.total_cost),
    lateCostNanoUsd: BigInt(row.late_cost),
    totalTokens: row.input_tokens + row.output_tokens,
    stepCount: row.step_count,
    errorCount: row.error_count,
    unpricedCount: row.unpriced_count,
  };
  const node = { id: runner.uuid(row.id), childCount: row.child_count, figures };
  return { parentId: runner.uuid(row.parent_session_id), node };
}

function sumOf(
  node: WalkedNode,
  below: readonly string[],
  sums: ReadonlyMap<string, TreeSums>,
): TreeSums {
  const total = { ...node.figures, truncated: below.length < node.childCount };
  for (const child of below) {
    const sum = sums.get(child);
    if (sum === undefined) continue;
    total.sessions += sum.sessions;
    total.running += sum.running;
    total.totalCostNanoUsd += sum.totalCostNanoUsd;
    total.lateCostNanoUsd += sum.lateCostNanoUsd;
    total.totalTokens += sum.totalTokens;
    total.stepCount += sum.stepCount;
    total.errorCount += sum.errorCount;
    total.unpricedCount += sum.unpricedCount;
    total.truncated ||= sum.truncated;
  }
  return total;
}
