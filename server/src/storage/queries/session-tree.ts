import type { Session } from '@niitaka/core/session/session.ts';
import type { SessionSummary, TreeNode } from '../session-reader.ts';
import { toNumber, type Runner } from './runner.ts';
import { readRow, rowsById, summariesOf, summaryColumns, type SummarySql } from './summary-rows.ts';
import { nodeOf, rootSums } from './tree-sums.ts';
import {
  addLevel,
  beginWalk,
  readLevel,
  summedDescendants,
  sumsOfWalk,
  walkDown,
  type WalkedChild,
} from './walk-tree.ts';

/** Sessions of one tree that are shown. */
const shownNodes = 2_000;

/** A session and what lies below it to a depth, in depth-first order, newest child first (S9). */
export async function sessionTree(
  runner: Runner,
  orgId: string,
  id: string,
  depth: number,
  nowMs: number,
): Promise<{ nodes: TreeNode[]; truncated: boolean } | null> {
  const [rootRow] = await rowsById(runner, orgId, [id]);
  if (rootRow === undefined) return null;
  const root = readRow(rootRow);
  const { session } = root.stored;
  const tree = beginWalk([nodeOf(session)]);
  const shown = [root];
  let level = session.childCount > 0 ? [id] : [];
  for (let step = 0; step < depth && level.length > 0 && shown.length < shownNodes; step += 1) {
    const left = shownNodes - shown.length;
    const rows = await readLevel<SummarySql>(runner, orgId, level, summaryColumns, left);
    const read = rows.map(readRow);
    shown.push(...read);
    level = addLevel(
      tree,
      read.map(({ stored }) => childOf(stored.session)),
    );
  }
  const isCut = shown.length >= shownNodes;
  if (!isCut) await walkDown(runner, orgId, tree, level, summedDescendants - shown.length);
  const sums = sumsOfWalk(tree);
  if (session.rootSessionId === id) {
    for (const [root, sum] of await rootSums(runner, orgId, [id])) sums.set(root, sum);
  }
  const items = await summariesOf(runner, orgId, shown, nowMs, async () => sums);
  return { nodes: inDepthOrder(id, items), truncated: isCut };
}

function childOf(session: Session): WalkedChild {
  return { parentId: session.parentSessionId ?? '', node: nodeOf(session) };
}

function inDepthOrder(rootId: string, items: readonly SessionSummary[]): TreeNode[] {
  const children = new Map<string | null, SessionSummary[]>();
  for (const item of items) {
    const parentId = item.session.id === rootId ? null : item.session.parentSessionId;
    const siblings = children.get(parentId);
    if (siblings === undefined) children.set(parentId, [item]);
    else siblings.push(item);
  }
  const nodes: TreeNode[] = [];
  const open = [...(children.get(null) ?? [])];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const below = (children.get(node.session.id) ?? []).toSorted(oldestFirst);
    const shown = below.reduce((sum, child) => sum + subtreeSize(child), 0);
    nodes.push({ ...node, hidden: Math.max(0, subtreeSize(node) - 1 - shown) });
    // The last one pushed comes next.
    open.push(...below);
  }
  return nodes;
}

function subtreeSize(node: SessionSummary): number {
  return toNumber(node.tree?.sessions ?? 1);
}

function oldestFirst({ session: one }: SessionSummary, { session: other }: SessionSummary): number {
  return one.startedAtMs - other.startedAtMs || (one.id < other.id ? -1 : 1);
}
