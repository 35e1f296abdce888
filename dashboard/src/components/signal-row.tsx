import type { Signal } from '@niitaka/protocol/signal.ts';
import { Link } from '@tanstack/react-router';
import { AlertTriangle, Info, OctagonAlert } from 'lucide-react';
import { classNames } from './class-names.ts';
import { Tag } from './tag.tsx';
import { TimeClock } from './time-text.tsx';
import { actionTone, signalText, subtypeText } from '../lib/signal-text.ts';

export interface SignalRowProps {
  readonly signal: Signal;
  /** Came while the page was open: its tint fades. */
  readonly fresh: boolean;
  /** The person has not read it (G2). */
  readonly unread?: boolean;
}

const looks = {
  info: { Icon: Info, tone: 'text-muted' },
  warning: { Icon: AlertTriangle, tone: 'text-gold' },
  critical: { Icon: OctagonAlert, tone: 'text-rust' },
} as const;

const rowClass =
  'grid grid-cols-[64px_18px_minmax(0,1fr)_200px_180px] items-center gap-x-3 px-3 py-[7px] outline-offset-[-2px] max-lg:grid-cols-[64px_18px_minmax(0,1fr)] max-sm:grid-cols-[18px_minmax(0,1fr)]';

/** One signal; it leads to its session, at the event where there is one (G2). */
export function SignalRow({ signal, fresh, unread = false }: SignalRowProps) {
  const { session_id: sessionId, event_id: event } = signal;
  return (
    <li
      className={classNames(
        '[contain-intrinsic-size:auto_35px] [content-visibility:auto]',
        fresh && 'animate-fade-tint',
      )}
    >
      {sessionId === null ? (
        <div className={rowClass}>
          <RowCells signal={signal} unread={unread} />
        </div>
      ) : (
        <Link
          to="/sessions/$sessionId"
          params={{ sessionId }}
          search={event === null ? { tab: 'signals' } : { event }}
          data-row
          className={classNames(rowClass, 'hover:bg-row focus-visible:bg-sel')}
        >
          <RowCells signal={signal} unread={unread} />
        </Link>
      )}
    </li>
  );
}

function RowCells({ signal, unread }: { readonly signal: Signal; readonly unread: boolean }) {
  const { Icon, tone } = looks[signal.severity];
  const kind = `${signal.type} · ${subtypeText(signal)}`;
  return (
    <>
      <span className="text-muted max-sm:hidden">
        <TimeClock at={signal.occurred_at} />
      </span>
      <Icon
        size={15}
        strokeWidth={1.6}
        aria-label={signal.severity}
        className={classNames('max-sm:mt-0.5 max-sm:self-start', tone)}
      />
      <span className="flex min-w-0 items-center gap-2">
        {unread && (
          <>
            <span aria-hidden="true" className="size-1.5 shrink-0 rounded-full bg-accent" />
            <span className="sr-only">Not read:</span>
          </>
        )}
        <span
          className={classNames(
            'truncate max-sm:whitespace-normal',
            unread ? 'font-semibold' : 'font-medium',
          )}
          title={signalText(signal)}
        >
          {signalText(signal)}
        </span>
        {signal.action !== null && <Tag tone={actionTone(signal.action)}>{signal.action}</Tag>}
      </span>
      <span className="truncate text-muted max-lg:hidden">{kind}</span>
      <span className="truncate text-muted max-lg:hidden" title={signal.agent_id ?? undefined}>
        {signal.agent_id ?? 'no agent'}
      </span>
      <span className="truncate text-sm text-muted max-lg:col-start-3 max-sm:col-start-2 lg:hidden">
        <span className="sm:hidden">
          <TimeClock at={signal.occurred_at} /> ·{' '}
        </span>
        {kind} · {signal.agent_id ?? 'no agent'}
      </span>
    </>
  );
}
