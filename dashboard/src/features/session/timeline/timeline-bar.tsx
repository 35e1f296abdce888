import { classNames } from '../../../components/class-names.ts';
import type { TimelineRow } from './build-rows.ts';
import { percent } from './percent.ts';
import { fractionAt, type TimeScale } from './time-scale.ts';
import type { RowType } from './type-tag.tsx';

export interface TimelineBarProps {
  readonly row: TimelineRow;
  readonly scale: TimeScale;
  readonly running: boolean;
  readonly nowMs: number;
  readonly tone: RowType;
  readonly failed: boolean;
}

/** From start to end on the axis; the lighter head of an llm call is the time to its first token. */
export function TimelineBar({ row, scale, running, nowMs, tone, failed }: TimelineBarProps) {
  const open = row.endMs === null;
  const growing = open && (running || row.kind !== 'event');
  const endMs = row.endMs ?? (growing ? Math.max(row.startMs, nowMs) : scale.endMs);
  const from = fractionAt(scale, row.startMs);
  const to = fractionAt(scale, endMs);
  return (
    <span
      aria-hidden="true"
      className={classNames(
        'timeline-bar',
        `bar-${tone}`,
        growing && 'timeline-bar-open',
        open && !growing && 'timeline-bar-unfinished',
        failed && tone !== 'error' && 'timeline-bar-failed',
      )}
      style={{ left: `min(${percent(from)}, 100% - 3px)`, width: percent(to - from) }}
    >
      <FirstToken row={row} endMs={endMs} />
    </span>
  );
}

function FirstToken({ row, endMs }: { readonly row: TimelineRow; readonly endMs: number }) {
  const headMs = row.kind === 'event' ? row.event.firstTokenMs : null;
  if (headMs === null || endMs <= row.startMs) return null;
  const share = Math.min(1, headMs / (endMs - row.startMs));
  return <span className="timeline-bar-head" style={{ width: percent(share) }} />;
}
