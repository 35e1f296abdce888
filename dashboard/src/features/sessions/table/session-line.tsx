import type { SessionRow } from '@niitaka/protocol/session.ts';
import { memo, type ReactNode } from 'react';
import { classNames } from '../../../components/class-names.ts';
import { Skeleton } from '../../../components/skeleton.tsx';
import { columns, type ColumnId } from '../columns/columns.ts';
import { cellContent } from './cell.tsx';
import { GoalCell } from './goal-cell.tsx';
import { NarrowLine } from './narrow-line.tsx';

export interface SessionLineProps {
  readonly domId: string;
  readonly row: SessionRow | undefined;
  readonly id: string;
  readonly index: number;
  readonly level: number;
  readonly top: number;
  readonly height: number;
  readonly shown: readonly ColumnId[];
  readonly expanded: boolean;
  readonly active: boolean;
  readonly open: boolean;
  readonly fresh: boolean;
  readonly dimmed: boolean;
  readonly narrow: boolean;
  readonly filtered: boolean;
  readonly onOpen: (id: string) => void;
  readonly onToggle: (id: string) => void;
}

/** One session as one line. */
export const SessionLine = memo(function SessionLine(props: SessionLineProps) {
  const { row, id, level, expanded, narrow, filtered, onToggle } = props;
  const hasChildren = (row?.child_count ?? 0) > 0;
  return (
    <tr
      id={props.domId}
      aria-rowindex={props.index + 2}
      aria-level={level}
      aria-selected={props.active}
      aria-expanded={hasChildren ? expanded : undefined}
      onClick={() => props.onOpen(id)}
      style={{ transform: `translateY(${props.top}px)`, height: props.height }}
      className={classNames(
        'absolute inset-x-0 grid cursor-pointer contain-strict grid-cols-(--columns) border-b border-line2 hover:bg-row max-sm:block',
        props.open && '!bg-sel',
        props.fresh && 'animate-fade-tint',
        props.active && 'shadow-[inset_0_0_0_2px_var(--accent)]',
        props.dimmed && 'text-muted [&_*]:text-muted!',
      )}
    >
      {row === undefined ? (
        <OutlineCells shown={props.shown} />
      ) : narrow ? (
        <NarrowLine
          row={row}
          filtered={filtered}
          level={level}
          expanded={expanded}
          onToggle={() => onToggle(id)}
        />
      ) : (
        props.shown.map((column) => (
          <Cell key={column} column={column}>
            {column === 'goal' ? (
              <GoalCell
                row={row}
                filtered={filtered}
                level={level}
                expanded={expanded}
                onToggle={() => onToggle(id)}
              />
            ) : (
              cellContent(column, row)
            )}
          </Cell>
        ))
      )}
    </tr>
  );
});

function Cell({ column, children }: { readonly column: ColumnId; readonly children: ReactNode }) {
  return (
    <td
      className={classNames(
        'flex min-w-0 items-center overflow-hidden px-2 whitespace-nowrap',
        columns[column].align === 'end' && 'justify-end',
        column === 'goal' && 'gap-2 pl-1',
      )}
    >
      {children}
    </td>
  );
}

/** The cells of a row that is still being read. */
export function OutlineCells({ shown }: { readonly shown: readonly ColumnId[] }) {
  return shown.map((column) => (
    <Cell key={column} column={column}>
      <Skeleton className={column === 'goal' ? 'ml-6 h-3 w-3/5' : 'h-3 w-3/4'} />
    </Cell>
  ));
}
