import type { TimelineRow } from './build-rows.ts';

/** What a key does to the rows. */
export type CursorAct =
  | { readonly kind: 'move'; readonly index: number }
  | { readonly kind: 'toggle'; readonly key: string }
  | { readonly kind: 'open'; readonly row: TimelineRow };

/**
 * j and k or the arrows move; right unfolds, then goes below; left folds, then goes to the parent;
 * Enter opens. null when the key is not for the rows. `at` is −1 before the first move.
 */
export function moveCursor(
  rows: readonly TimelineRow[],
  at: number,
  key: string,
  page: number,
): CursorAct | null {
  const row = rows[at];
  switch (key) {
    case 'j':
    case 'ArrowDown':
      return move(rows, at + 1);
    case 'k':
    case 'ArrowUp':
      return move(rows, at - 1);
    case 'PageDown':
      return move(rows, at + page);
    case 'PageUp':
      return move(rows, at - page);
    case 'Home':
      return move(rows, 0);
    case 'End':
      return move(rows, rows.length - 1);
    case 'ArrowRight':
      if (row === undefined || row.descendants === 0) return null;
      return row.expanded ? move(rows, at + 1) : { kind: 'toggle', key: row.key };
    case 'ArrowLeft':
      if (row === undefined) return null;
      return row.expanded ? { kind: 'toggle', key: row.key } : moveToParent(rows, at, row.depth);
    case 'Enter':
      return row === undefined ? null : { kind: 'open', row };
    default:
      return null;
  }
}

function move(rows: readonly TimelineRow[], index: number): CursorAct | null {
  if (rows.length === 0) return null;
  return { kind: 'move', index: Math.min(rows.length - 1, Math.max(0, index)) };
}

function moveToParent(rows: readonly TimelineRow[], at: number, depth: number): CursorAct | null {
  for (let index = at - 1; index >= 0; index -= 1) {
    if ((rows[index]?.depth ?? 0) < depth) return { kind: 'move', index };
  }
  return null;
}
