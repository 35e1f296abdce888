import type { SessionRow } from '@niitaka/protocol/session.ts';
import { StatusLabel } from '../../../components/status-dot.tsx';
import { TimeAgo } from '../../../components/time-text.tsx';
import { formatNoun } from '../../../lib/format-count.ts';
import { CostCell, Duration } from './cell.tsx';
import { GoalCell } from './goal-cell.tsx';

export interface NarrowLineProps {
  readonly row: SessionRow;
  readonly filtered: boolean;
  readonly level: number;
  readonly expanded: boolean;
  readonly onToggle: () => void;
}

/** One session as two lines, for narrow screens. */
export function NarrowLine({ row, filtered, level, expanded, onToggle }: NarrowLineProps) {
  return (
    <td className="flex h-full min-w-0 flex-col justify-center gap-0.5 overflow-hidden px-2">
      <span className="flex min-h-0 items-center gap-1.5 overflow-hidden whitespace-nowrap">
        <GoalCell
          row={row}
          filtered={filtered}
          level={level}
          expanded={expanded}
          onToggle={onToggle}
        />
      </span>
      <span className="flex items-center gap-2 overflow-hidden pl-6 text-sm whitespace-nowrap text-muted">
        <StatusLabel status={row.status} quiet={row.quiet} />
        <span className="min-w-0 flex-1 truncate">{row.agent_id ?? 'no agent'}</span>
        {row.error_count > 0 && (
          <span className="font-semibold text-rust">{formatNoun(row.error_count, 'error')}</span>
        )}
        <CostCell row={row} />
        <Duration row={row} />
        <TimeAgo at={row.started_at} />
      </span>
    </td>
  );
}
