import { ArrowDown, ArrowUp } from 'lucide-react';
import { classNames } from '../../../components/class-names.ts';
import { columns, type ColumnId } from '../columns/columns.ts';
import { resizeColumn, visibleColumns, type ColumnState } from '../columns/column-state.ts';
import type { SessionSort } from '../filters/session-filters.ts';
import { ResizeHandle } from './resize-handle.tsx';

export interface TableHeadProps {
  readonly state: ColumnState;
  readonly sort: SessionSort;
  readonly onColumns: (next: ColumnState) => void;
  readonly onSort: (next: SessionSort) => void;
}

/** The head of the list: names, order, widths. */
export function TableHead({ state, sort, onColumns, onSort }: TableHeadProps) {
  return (
    <thead className="sticky top-0 z-10 block max-sm:hidden">
      <tr
        aria-rowindex={1}
        className="grid h-[34px] grid-cols-(--columns) rounded-t-lg border-b border-line bg-surface"
      >
        {visibleColumns(state).map((id) => (
          <HeadCell
            key={id}
            id={id}
            state={state}
            sort={sort}
            onColumns={onColumns}
            onSort={onSort}
          />
        ))}
      </tr>
    </thead>
  );
}

function HeadCell({
  id,
  state,
  sort,
  onColumns,
  onSort,
}: TableHeadProps & { readonly id: ColumnId }) {
  const column = columns[id];
  const order = sort.endsWith(column.sort ?? '-')
    ? sort.startsWith('-')
      ? 'descending'
      : 'ascending'
    : undefined;
  const Arrow = order === 'ascending' ? ArrowUp : ArrowDown;
  return (
    <th
      scope="col"
      aria-sort={column.sort === null ? undefined : (order ?? 'none')}
      className={classNames(
        'group relative flex min-w-0 items-center px-2 text-sm font-semibold whitespace-nowrap text-muted',
        column.align === 'end' && 'justify-end',
        id === 'goal' && 'pl-7',
      )}
    >
      {column.sort === null ? (
        <span className="truncate">{column.title}</span>
      ) : (
        <button
          type="button"
          onClick={() => onSort(nextSort(sort, column.sort ?? 'started_at'))}
          className="-mx-1 flex min-h-6 min-w-0 items-center gap-0.5 rounded-sm px-1 hover:text-text"
        >
          <span className="truncate">{column.title}</span>
          <Arrow
            size={12}
            strokeWidth={2}
            aria-hidden="true"
            className={classNames(
              'shrink-0',
              order === undefined && 'hidden group-hover:block group-hover:opacity-40',
            )}
          />
        </button>
      )}
      <ResizeHandle onResize={(width) => onColumns(resizeColumn(state, id, width))} />
    </th>
  );
}

function nextSort(
  sort: SessionSort,
  by: NonNullable<(typeof columns)[ColumnId]['sort']>,
): SessionSort {
  return sort === `-${by}` ? by : `-${by}`;
}
