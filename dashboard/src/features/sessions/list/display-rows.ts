import type { SessionRow } from '@niitaka/protocol/session.ts';

/** Levels of the tree that the list shows below a root (S9). */
export const treeDepthLimit = 10;

/** The children of one session as far as they are read. */
export interface ChildList {
  readonly ids: readonly string[];
  readonly nextCursor: string | null;
  readonly state: 'loading' | 'ready' | 'failed';
}

/** One line of the list. */
export type DisplayRow =
  | {
      readonly kind: 'session';
      readonly key: string;
      readonly id: string;
      readonly level: number;
      readonly parentId: string | null;
    }
  | {
      readonly kind: 'loading' | 'failed' | 'more';
      readonly key: string;
      readonly parentId: string;
      readonly level: number;
    }
  | {
      readonly kind: 'below';
      readonly key: string;
      readonly parentId: string;
      readonly level: number;
      readonly hidden: number;
    };

export interface TreeView {
  readonly roots: readonly string[];
  readonly expanded: ReadonlySet<string>;
  readonly children: ReadonlyMap<string, ChildList>;
  readonly rows: ReadonlyMap<string, SessionRow>;
}

/** The lines of the list in order: roots, and below each open one its children, depth first. */
export function buildDisplayRows(view: TreeView): DisplayRow[] {
  const lines: DisplayRow[] = [];
  for (const id of view.roots) addSession(lines, view, id, 1, null);
  return lines;
}

function addSession(
  lines: DisplayRow[],
  view: TreeView,
  id: string,
  level: number,
  parentId: string | null,
): void {
  lines.push({ kind: 'session', key: id, id, level, parentId });
  if (!view.expanded.has(id)) return;
  if (level > treeDepthLimit) {
    const hidden = (view.rows.get(id)?.tree?.sessions ?? 1) - 1;
    lines.push({ kind: 'below', key: `${id}/below`, parentId: id, level: level + 1, hidden });
    return;
  }
  const list = view.children.get(id);
  for (const child of list?.ids ?? []) addSession(lines, view, child, level + 1, id);
  const rest = restOf(list);
  if (rest !== null)
    lines.push({ kind: rest, key: `${id}/${rest}`, parentId: id, level: level + 1 });
}

function restOf(list: ChildList | undefined): 'loading' | 'failed' | 'more' | null {
  if (list === undefined || list.state === 'loading') return 'loading';
  if (list.state === 'failed') return 'failed';
  return list.nextCursor === null ? null : 'more';
}
