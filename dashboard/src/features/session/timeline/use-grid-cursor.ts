import { useMemo, useState, type KeyboardEvent } from 'react';
import type { TimelineRow } from './build-rows.ts';
import { moveCursor } from './move-cursor.ts';
import { useFollowOpenEvent } from './use-follow-open-event.ts';
import { useOpenRow, type OpenEvent } from './use-open-row.ts';
import { useStable } from './use-stable.ts';
import type { Timeline } from './use-timeline.ts';

export interface GridCursorInput {
  readonly timeline: Timeline;
  readonly openEvent: string | null;
  readonly onOpen: OpenEvent;
  /** Brings a row into sight. */
  readonly scrollTo: (index: number) => void;
  /** Rows that Page Up and Page Down pass. */
  readonly pageSize: () => number;
}

export interface GridCursor {
  /** Key of the row the keyboard is at, where it is among the rows. */
  readonly cursor: string | null;
  readonly indexOf: ReadonlyMap<string, number>;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onClickRow: (row: TimelineRow) => void;
}

/** Where the keyboard is in the rows, and what its keys do there. */
export function useGridCursor(input: GridCursorInput): GridCursor {
  const { timeline, openEvent, scrollTo } = input;
  const { rows } = timeline;
  const [chosen, setCursor] = useState<string | null>(openEvent);
  const indexOf = useMemo(() => new Map(rows.map((row, index) => [row.key, index])), [rows]);
  const at = chosen === null ? -1 : (indexOf.get(chosen) ?? -1);
  const open = useOpenRow(timeline, input.onOpen);
  useFollowOpenEvent(openEvent, indexOf, setCursor, scrollTo);

  const moveTo = (index: number) => {
    const row = rows[index];
    if (row === undefined) return;
    setCursor(row.key);
    scrollTo(index);
    if (openEvent !== null && row.kind === 'event') open(row, 'replace');
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = moveCursor(rows, at, event.key, input.pageSize());
    if (act === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (act.kind === 'toggle') timeline.toggle(act.key);
    else if (act.kind === 'open') open(act.row, 'push');
    else moveTo(act.index);
  };
  const onClickRow = useStable((row: TimelineRow) => {
    setCursor(row.key);
    open(row, 'push');
  });
  return { cursor: at < 0 ? null : chosen, indexOf, onKeyDown, onClickRow };
}
