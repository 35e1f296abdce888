import type { SessionRow } from '@niitaka/protocol/session.ts';
import type { ReactNode } from 'react';
import { CautionMark } from '../../../components/caution-mark.tsx';
import { StatusLabel } from '../../../components/status-dot.tsx';
import { TimeAgo } from '../../../components/time-text.tsx';
import { formatCompact, formatCount } from '../../../lib/format-count.ts';
import { formatDuration, formatTickingDuration } from '../../../lib/format-duration.ts';
import { useNowText } from '../../../lib/use-now.ts';
import type { ColumnId } from '../columns/columns.ts';
import { costText } from './cost-text.ts';
import { durationOf } from './duration-of.ts';

/** What a column shows of a session; the goal has a cell of its own. */
export function cellContent(id: ColumnId, row: SessionRow): ReactNode {
  switch (id) {
    case 'status':
      return <StatusLabel status={row.status} quiet={row.quiet} />;
    case 'agent':
      return <AgentCell row={row} />;
    case 'started':
      return (
        <span className="text-muted">
          <TimeAgo at={row.started_at} />
        </span>
      );
    case 'duration':
      return <Duration row={row} />;
    case 'cost':
      return <CostCell row={row} />;
    case 'steps':
      return <Figure value={row.step_count} />;
    case 'errors':
      return <Figure value={row.error_count} urgent />;
    case 'met':
      return <Met value={row.metrics['goal_completed']} />;
    case 'score':
      return <Score value={row.metrics['score']} />;
    case 'tokens':
      return (
        <span title={`${formatCount(row.input_tokens)} in, ${formatCount(row.output_tokens)} out`}>
          {formatCompact(row.total_tokens)}
        </span>
      );
    case 'experiment':
      return <Plain text={[row.experiment_id, row.variant].filter(Boolean).join(' / ')} />;
    case 'environment':
      return <Plain text={row.environment} />;
    case 'user':
      return <Plain text={row.user_id} />;
    case 'conversation':
      return <Plain text={row.conversation_id} />;
    case 'tags':
      return (
        <Plain
          text={Object.entries(row.tags)
            .map(([key, value]) => `${key}=${value}`)
            .join(' ')}
        />
      );
    case 'id':
      return <span className="font-mono text-sm text-muted">{row.id.slice(0, 13)}</span>;
    case 'goal':
      return null;
  }
}

/** A row's duration, ticking while it runs. */
export function Duration({ row }: { readonly row: SessionRow }) {
  const text = useNowText((now) =>
    row.duration_ms === null
      ? formatTickingDuration(durationOf(row, now))
      : formatDuration(row.duration_ms),
  );
  return <span>{text}</span>;
}

/** A row's own cost, its tree's beside it, and a mark where the sum is not the whole truth. */
export function CostCell({ row }: { readonly row: SessionRow }) {
  const { own, tone, tree, caution } = costText(row);
  return (
    <span className="inline-flex items-baseline gap-1.5" title={caution ?? undefined}>
      <CautionMark why={caution} />
      <span className={tone === 'plain' ? '' : tone === 'zero' ? 'text-faint' : 'text-muted'}>
        {own}
      </span>
      {tree !== null && <span className="text-xs text-muted max-sm:hidden">{tree}</span>}
    </span>
  );
}

function AgentCell({ row }: { readonly row: SessionRow }) {
  if (row.agent_id === null) return <span className="text-faint">no agent</span>;
  return (
    <span className="flex min-w-0 gap-1" title={row.agent_id}>
      <span className="truncate">{row.agent_id}</span>
      {row.agent_version !== null && (
        <span className="max-w-20 shrink-0 truncate text-faint">
          {versionText(row.agent_version)}
        </span>
      )}
    </span>
  );
}

function versionText(version: string): string {
  return /^\d/.test(version) ? `v${version}` : version;
}

function Figure({ value, urgent = false }: { readonly value: number; readonly urgent?: boolean }) {
  if (value === 0) return <span className="text-faint">0</span>;
  return <span className={urgent ? 'font-semibold text-rust' : ''}>{formatCount(value)}</span>;
}

function Met({ value }: { readonly value: number | boolean | undefined }) {
  if (value === true)
    return (
      <span className="text-accent" title="Goal met">
        <span aria-hidden="true">✓</span>
        <span className="sr-only">Goal met</span>
      </span>
    );
  if (value === false)
    return (
      <span className="text-rust" title="Goal missed">
        <span aria-hidden="true">✗</span>
        <span className="sr-only">Goal missed</span>
      </span>
    );
  return (
    <span className="text-faint" title="Not reported">
      –
    </span>
  );
}

function Score({ value }: { readonly value: number | boolean | undefined }) {
  if (typeof value !== 'number')
    return (
      <span className="text-faint" title="Not reported">
        –
      </span>
    );
  const share = `${Math.min(1, Math.max(0, value)) * 100}%`;
  return (
    <span className="flex w-full items-center gap-2">
      <span className="w-7">{value.toFixed(2)}</span>
      <span aria-hidden="true" className="h-1 min-w-3 flex-1 rounded-full bg-line">
        <span className="block h-full rounded-full bg-muted" style={{ width: share }} />
      </span>
    </span>
  );
}

function Plain({ text }: { readonly text: string | null }) {
  if (text === null || text === '') return <span className="text-faint">–</span>;
  return (
    <span className="truncate text-muted" title={text}>
      {text}
    </span>
  );
}
