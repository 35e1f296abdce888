import type { Signal } from '@niitaka/protocol/signal.ts';
import { formatNoun } from '../../lib/format-count.ts';
import type { SignalDay } from './group-by-day.ts';
import { SignalRow } from '../../components/signal-row.tsx';

export interface SignalDaySectionProps {
  readonly day: SignalDay;
  /** Whether signals of the day are not read from the server yet. */
  readonly hasOlder: boolean;
  /** Whether a signal came while the page was open. */
  readonly isFresh: (id: string) => boolean;
  /** Whether the person has not read a signal. */
  readonly isUnread: (signal: Signal) => boolean;
}

/** One day of the feed under a header that stays in sight. */
export function SignalDaySection({ day, hasOlder, isFresh, isUnread }: SignalDaySectionProps) {
  return (
    <section aria-label={day.label}>
      <h2 className="sticky top-0 z-10 flex h-9 items-center gap-2 bg-bg font-semibold">
        {day.label}
        <span className="text-sm font-normal text-muted">
          {hasOlder && 'newest '}
          {formatNoun(day.signals.length, 'signal')}
        </span>
      </h2>
      <ul
        aria-label={`Signals: ${day.label}`}
        className="mb-2 divide-y divide-line2 overflow-hidden rounded-lg border border-line bg-surface"
      >
        {day.signals.map((signal) => (
          <SignalRow
            key={signal.id}
            signal={signal}
            fresh={isFresh(signal.id)}
            unread={isUnread(signal)}
          />
        ))}
      </ul>
    </section>
  );
}
