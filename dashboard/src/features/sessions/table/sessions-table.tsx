import { useMemo, useRef, useState, type CSSProperties, type RefObject } from 'react';
import { classNames } from '../../../components/class-names.ts';
import {
  gridTemplate,
  leastWidth,
  visibleColumns,
  type ColumnState,
} from '../columns/column-state.ts';
import type { SessionSort } from '../filters/session-filters.ts';
import type { SessionList } from '../list/use-session-list.ts';
import { domIdOf } from './dom-id-of.ts';
import { ListLines } from './list-lines.tsx';
import { ListTail } from './list-tail.tsx';
import { indexOf } from './move-active.ts';
import { TableHead } from './table-head.tsx';
import { useListKeys } from './use-list-keys.ts';
import { useMayShow } from './use-may-show.ts';
import { useVisibleLines } from './use-visible-lines.ts';

export interface SessionsTableProps {
  readonly list: SessionList;
  readonly columns: ColumnState;
  readonly sort: SessionSort;
  readonly openId: string | undefined;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly filtered: boolean;
  readonly isDimmed: (id: string) => boolean;
  readonly onColumns: (next: ColumnState) => void;
  readonly onSort: (next: SessionSort) => void;
  readonly onOpen: (id: string) => void;
  readonly onOpenAsRoot: (id: string) => void;
}

/** The list of sessions as a tree grid; only the lines in view are drawn. */
export function SessionsTable(props: SessionsTableProps) {
  const { list, columns, scroller, openId, onOpen } = props;
  const { store, snapshot } = list;
  const body = useRef<HTMLTableSectionElement>(null);
  const grid = useRef<HTMLTableElement>(null);
  const [activeId, setActiveId] = useState<string | null>(null);
  const visible = useVisibleLines(list, scroller, body);
  useMayShow(scroller, body, store, activeId !== null || openId !== undefined);
  const onActive = (id: string | null) => {
    setActiveId(id);
    grid.current?.focus({ preventScroll: true });
    const index = indexOf(snapshot.lines, id);
    if (index !== -1) visible.scrollTo(index);
  };
  useListKeys({ list, activeId, enabled: openId === undefined, onActive, onOpen });
  const shown = useMemo(() => visibleColumns(columns), [columns]);
  return (
    <table
      ref={grid}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-to-interactive-role -- a table of a tree
      role="treegrid"
      aria-label="Sessions"
      aria-rowcount={snapshot.list.nextCursor === null ? snapshot.lines.length + 1 : -1}
      aria-activedescendant={activeId === null ? undefined : domIdOf(activeId)}
      aria-busy={list.outdated}
      tabIndex={0}
      style={styleOf(columns, visible.narrow)}
      className={classNames(
        'block rounded-lg border border-line bg-surface transition-opacity focus-visible:outline-offset-0',
        activeId !== null && 'outline-none!',
        list.outdated && 'opacity-60',
      )}
    >
      <TableHead
        state={columns}
        sort={props.sort}
        onColumns={props.onColumns}
        onSort={props.onSort}
      />
      <tbody ref={body} className="relative block" style={{ height: visible.totalHeight }}>
        <ListLines {...props} visible={visible} shown={shown} activeId={activeId} />
      </tbody>
      <ListTail
        loading={snapshot.loadingMore}
        failed={snapshot.moreFailed}
        onRetry={() => void store.loadMore()}
      />
    </table>
  );
}

function styleOf(columns: ColumnState, narrow: boolean): CSSProperties {
  const minWidth = narrow ? undefined : leastWidth(columns);
  return { '--columns': gridTemplate(columns), minWidth } as CSSProperties;
}
