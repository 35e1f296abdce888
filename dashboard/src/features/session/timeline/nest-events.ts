import type { TimelineRow } from './build-rows.ts';
import type { TimelineEvent } from './timeline-event.ts';

/** Index that stands for "none" in the integer lists below. */
const NONE = -1;

interface Forest {
  /** First child and next sibling of each event, in timeline order; roots start at `firstRoot`. */
  readonly firstChild: Int32Array;
  readonly nextSibling: Int32Array;
  readonly firstRoot: number;
  readonly parent: Int32Array;
}

/**
 * Rows of events in depth-first order, siblings by time. An event whose parent is unknown or would
 * close a loop stands at the top. With `matches`, only matches and their ancestors.
 */
export function nestEvents(
  events: readonly TimelineEvent[],
  matches: ((event: TimelineEvent) => boolean) | null,
  collapsed: ReadonlySet<string>,
): { rows: TimelineRow[]; matched: number } {
  const forest = linkEvents(events);
  const { shown, matching, matched } = chooseShown(events, forest, matches);
  const descendants = countDescendants(events.length, forest, shown);
  const rows: TimelineRow[] = [];
  walk(forest, shown, (index, depth) => {
    const event = events[index];
    if (event === undefined) return false;
    const below = descendants[index] ?? 0;
    const expanded = below > 0 && !collapsed.has(event.id);
    rows.push({
      kind: 'event',
      key: event.id,
      depth,
      startMs: event.startMs,
      endMs: event.endMs,
      descendants: below,
      expanded,
      event,
      matched: matching[index] === 1,
    });
    return expanded;
  });
  return { rows, matched };
}

function linkEvents(events: readonly TimelineEvent[]): Forest {
  const indexOf = new Map(events.map((event, index) => [event.id, index]));
  const parent = new Int32Array(events.length).fill(NONE);
  for (const [index, event] of events.entries()) {
    const at = event.parentId === null ? undefined : indexOf.get(event.parentId);
    if (at !== undefined) parent[index] = at;
  }
  cutLoops(parent);
  const firstChild = new Int32Array(events.length).fill(NONE);
  const nextSibling = new Int32Array(events.length).fill(NONE);
  let firstRoot = NONE;
  for (let index = events.length - 1; index >= 0; index -= 1) {
    const up = parent[index] ?? NONE;
    if (up === NONE) {
      nextSibling[index] = firstRoot;
      firstRoot = index;
    } else {
      nextSibling[index] = firstChild[up] ?? NONE;
      firstChild[up] = index;
    }
  }
  return { firstChild, nextSibling, firstRoot, parent };
}

/** Each event is visited once: a path that meets itself is cut where it does. */
function cutLoops(parent: Int32Array): void {
  const visitedBy = new Int32Array(parent.length).fill(NONE);
  for (let start = 0; start < parent.length; start += 1) {
    let at = start;
    while (visitedBy[at] === NONE) {
      visitedBy[at] = start;
      const up = parent[at] ?? NONE;
      if (up === NONE) break;
      if (visitedBy[up] === start) {
        parent[at] = NONE;
        break;
      }
      at = up;
    }
  }
}

function chooseShown(
  events: readonly TimelineEvent[],
  forest: Forest,
  matches: ((event: TimelineEvent) => boolean) | null,
): { shown: Uint8Array; matching: Uint8Array; matched: number } {
  if (matches === null) {
    const all = new Uint8Array(events.length).fill(1);
    return { shown: all, matching: all, matched: events.length };
  }
  const shown = new Uint8Array(events.length);
  const matching = new Uint8Array(events.length);
  let matched = 0;
  for (const [index, event] of events.entries()) {
    if (!matches(event)) continue;
    matching[index] = 1;
    matched += 1;
    for (let at = index; at !== NONE && shown[at] === 0; at = forest.parent[at] ?? NONE) {
      shown[at] = 1;
    }
  }
  return { shown, matching, matched };
}

function countDescendants(count: number, forest: Forest, shown: Uint8Array): Int32Array {
  const descendants = new Int32Array(count);
  const order: number[] = [];
  walk(forest, shown, (index) => order.push(index) > 0);
  for (const index of order.toReversed()) {
    const up = forest.parent[index] ?? NONE;
    if (up !== NONE) descendants[up] = (descendants[up] ?? 0) + (descendants[index] ?? 0) + 1;
  }
  return descendants;
}

/** Visits shown events depth first without recursion; `visit` says whether to go below. */
function walk(
  forest: Forest,
  shown: Uint8Array,
  visit: (index: number, depth: number) => boolean,
): void {
  const stack: { index: number; depth: number }[] = [{ index: forest.firstRoot, depth: 0 }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { index, depth } = top;
    if (index === NONE) continue;
    stack.push({ index: forest.nextSibling[index] ?? NONE, depth });
    if (shown[index] === 1 && visit(index, depth)) {
      stack.push({ index: forest.firstChild[index] ?? NONE, depth: depth + 1 });
    }
  }
}
