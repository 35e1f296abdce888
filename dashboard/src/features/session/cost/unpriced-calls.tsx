import type { SessionCost } from '@niitaka/protocol/session.ts';
import { TimeClock } from '../../../components/time-text.tsx';
import { formatCount, formatNoun } from '../../../lib/format-count.ts';
import { Heading } from '../heading.tsx';

export interface UnpricedCallsProps {
  readonly calls: SessionCost['unpriced'];
  /** How many there are; more than are listed. */
  readonly total: number;
  readonly onOpen: (eventId: string) => void;
}

/** Calls whose price is unknown: they cost something, and nobody knows what. */
export function UnpricedCalls({ calls, total, onOpen }: UnpricedCallsProps) {
  return (
    <section>
      <Heading>
        <span className="text-gold">{formatNoun(total, 'call')} without a price</span>
      </Heading>
      <p className="mb-1 text-sm text-muted">
        They are not in the cost above. Send the cost with the call (
        <code className="font-mono">cost_usd</code>), or name a model the price book knows.
        {total > calls.length && ` The first ${formatCount(calls.length)} are listed.`}
      </p>
      <ul>
        {calls.map((call) => (
          <li key={call.event_id} className="border-t border-line2 first:border-t-0">
            <button
              type="button"
              onClick={() => onOpen(call.event_id)}
              className="flex w-full gap-3 py-1 text-left hover:bg-row"
            >
              <span className="text-muted">
                <TimeClock at={call.at} />
              </span>
              <span>{call.model ?? 'no model'}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
