import type { SessionRow } from '@niitaka/protocol/session.ts';
import { ChevronRight } from 'lucide-react';
import { classNames } from '../../../components/class-names.ts';
import { Tag } from '../../../components/tag.tsx';
import { formatCount, formatNoun } from '../../../lib/format-count.ts';
import { sessionLife } from '../../../lib/session-life.ts';
import { useNowText } from '../../../lib/use-now.ts';

/** How far each level of the tree stands in. */
export const indentPx = 16;

export interface GoalCellProps {
  readonly row: SessionRow;
  /** Whether the list is narrowed, so that matches below a root are worth a word. */
  readonly filtered: boolean;
  readonly level: number;
  readonly expanded: boolean;
  readonly onToggle: () => void;
}

/** The goal with its place in the tree, and what is worth knowing beside it. */
export function GoalCell({ row, filtered, level, expanded, onToggle }: GoalCellProps) {
  return (
    <>
      <DepthGuides level={level} />
      <span className="flex w-5 shrink-0 justify-center">
        {row.child_count > 0 && (
          <button
            type="button"
            tabIndex={-1}
            aria-label={expanded ? 'Hide children' : 'Show children'}
            onClick={(event) => {
              event.stopPropagation();
              onToggle();
            }}
            className="-mx-1 flex h-7 w-7 items-center justify-center rounded-sm text-muted hover:bg-sunk hover:text-text"
          >
            <ChevronRight
              size={13}
              strokeWidth={2}
              aria-hidden="true"
              className={classNames('transition-transform', expanded && 'rotate-90')}
            />
          </button>
        )}
      </span>
      <GoalText row={row} />
      <GoalTags row={row} filtered={filtered} />
      <Note row={row} />
    </>
  );
}

/** The goal, or that there is none. */
export function GoalText({ row }: { readonly row: SessionRow }) {
  if (row.goal === null || row.goal === '') {
    return <span className="truncate text-faint">no goal</span>;
  }
  return (
    <span className="min-w-14 truncate font-medium" title={row.goal}>
      {row.goal}
    </span>
  );
}

/** The marks of a row: children, matches below, aborted, unpriced. */
export function GoalTags({ row, filtered }: Pick<GoalCellProps, 'row' | 'filtered'>) {
  const matching = filtered ? (row.matched_descendants ?? 0) : 0;
  return (
    <>
      {matching > 0 ? (
        <Tag tone="accent">{formatCount(matching)} matching below</Tag>
      ) : (
        row.child_count > 0 && <Tag>{formatNoun(row.child_count, 'child', 'children')}</Tag>
      )}
      {row.aborted && <Tag tone="rust">aborted</Tag>}
      {row.unpriced_count > 0 && <Tag tone="gold">{formatCount(row.unpriced_count)} unpriced</Tag>}
      {row.parent_refused !== null && (
        <Tag tone="gold" title={row.parent_refused}>
          parent refused
        </Tag>
      )}
    </>
  );
}

/** What a row waits for, ticking; a long name of a call gives way to the goal, its time never does. */
function Note({ row }: { readonly row: SessionRow }) {
  const what = useNowText((now) => sessionLife(row, now)?.what ?? '');
  const since = useNowText((now) => sessionLife(row, now)?.since ?? '');
  if (what === '') return null;
  return (
    <span className="flex shrink-0 gap-1 text-sm text-muted" title={`${what} ${since}`}>
      <span className="max-w-26 truncate">{what}</span> {since !== '' && <span>{since}</span>}
    </span>
  );
}

function DepthGuides({ level }: { readonly level: number }) {
  if (level <= 1) return null;
  return (
    <span aria-hidden="true" className="flex shrink-0 self-stretch">
      {Array.from({ length: level - 1 }, (_, depth) => (
        <span key={depth} className="flex justify-center" style={{ width: indentPx }}>
          <span className="w-px bg-line" />
        </span>
      ))}
    </span>
  );
}
