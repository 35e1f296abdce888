/* oxlint-disable jsx-a11y/prefer-tag-over-role -- table cells take five times the style time of these, which scrolling feels */
import { memo } from 'react';
import { classNames } from '../../../components/class-names.ts';
import { formatDuration, formatTickingDuration } from '../../../lib/format-duration.ts';
import type { TimelineRow } from './build-rows.ts';
import { lineText, type LineText } from './line-text.ts';
import { ROW_HEIGHT } from './line-size.ts';
import { TimelineBar } from './timeline-bar.tsx';
import type { TimeScale } from './time-scale.ts';
import { TypeTag } from './type-tag.tsx';

export interface TimelineLineProps {
  readonly row: TimelineRow;
  readonly index: number;
  readonly scale: TimeScale;
  readonly running: boolean;
  /** 0 for rows that have ended: they do not change with the clock. */
  readonly nowMs: number;
  readonly isOpen: boolean;
  readonly isCursor: boolean;
  readonly onToggle: (key: string) => void;
  readonly onOpen: (row: TimelineRow) => void;
}

const INDENT_PX = 16;
/** Deeper rows keep this indent: their names must stay readable. */
const MAX_INDENTS = 8;

/** One row: what it is, when it was, how long it took and what it cost. */
export const TimelineLine = memo(function TimelineLine(props: TimelineLineProps) {
  const { row, index, isOpen, isCursor } = props;
  const text = lineText(row);
  const dim = row.kind === 'event' && !row.matched;
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the grid takes the keys
    <div
      role="row"
      id={`row-${row.key}`}
      aria-rowindex={index + 2}
      aria-level={row.depth + 1}
      aria-selected={isOpen}
      aria-expanded={row.descendants > 0 ? row.expanded : undefined}
      onClick={() => props.onOpen(row)}
      className={classNames(
        'timeline-line timeline-columns absolute inset-x-0 top-0 cursor-pointer items-center px-5 max-sm:px-4',
        isOpen ? 'bg-sel' : 'hover:bg-row',
        isCursor && 'group-focus-visible/grid:shadow-[inset_0_0_0_2px_var(--accent)]',
        isCursor && !isOpen && 'bg-row',
        dim && 'opacity-60',
      )}
      style={{ height: ROW_HEIGHT, transform: `translateY(${index * ROW_HEIGHT}px)` }}
    >
      <NameCell row={row} text={text} onToggle={props.onToggle} />
      <div role="gridcell" className="relative h-full">
        <TimelineBar {...props} tone={text.type} failed={text.failed} />
      </div>
      <FiguresCell {...props} text={text} />
    </div>
  );
});

interface NameCellProps {
  readonly row: TimelineRow;
  readonly text: LineText;
  readonly onToggle: (key: string) => void;
}

function NameCell({ row, text, onToggle }: NameCellProps) {
  const indent = Math.min(row.depth, MAX_INDENTS) * INDENT_PX;
  return (
    <div
      role="rowheader"
      className="flex min-w-0 items-center gap-1.5 pr-2 text-left font-normal"
      style={{ paddingLeft: indent }}
      title={text.note === null ? text.name : `${text.name}: ${text.note}`}
    >
      <TypeTag type={text.type} />
      {text.failed && text.type !== 'error' && (
        <span className="timeline-failed">
          !<span className="sr-only">failed</span>
        </span>
      )}
      <span className={classNames('truncate', text.failed && 'text-rust')}>
        {text.name}
        {text.note !== null && <span className="text-muted"> {text.note}</span>}
      </span>
      {row.descendants > 0 && (
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- the pointer's way to fold; the keyboard has the arrows
        <span
          onClick={(event) => {
            event.stopPropagation();
            onToggle(row.key);
          }}
          className="-my-1 flex shrink-0 items-center rounded-sm py-1 pr-1 text-xs text-faint hover:bg-sunk hover:text-text"
        >
          <span
            aria-hidden="true"
            className={classNames('timeline-caret', row.expanded && 'timeline-caret-open')}
          />
          {!row.expanded && row.descendants}
        </span>
      )}
      {text.late && <span className="shrink-0 text-xs text-gold">late</span>}
    </div>
  );
}

function FiguresCell({ row, running, nowMs, text }: TimelineLineProps & { text: LineText }) {
  return (
    <div
      role="gridcell"
      className="timeline-figures text-right text-sm whitespace-nowrap text-muted"
    >
      <span>{durationOf(row, running, nowMs)}</span>
      {text.cost !== null && (
        <span
          className={classNames(
            'timeline-cost',
            text.cost === 'no price' ? 'text-gold' : 'text-faint',
          )}
        >
          {text.cost}
        </span>
      )}
    </div>
  );
}

function durationOf(row: TimelineRow, running: boolean, nowMs: number) {
  if (row.endMs !== null) {
    const ms = row.endMs - row.startMs;
    return ms === 0 ? '' : formatDuration(ms);
  }
  if (!running && row.kind === 'event') return <span className="text-gold">unfinished</span>;
  return <span className="text-accent">{formatTickingDuration(nowMs - row.startMs)}</span>;
}
