import type { SessionCost } from '@niitaka/protocol/session.ts';
import { TimeClock } from '../../../components/time-text.tsx';
import { formatNoun } from '../../../lib/format-count.ts';
import { Heading } from '../heading.tsx';

export interface UnpricedCallsProps {
  readonly calls: SessionCost['unpriced'];
  readonly onOpen: (eventId: string) => void;
}

/** Calls whose price is unknown: they cost something, and nobody knows what. */
export function UnpricedCalls({ calls, onOpen }: UnpricedCallsProps) {
  return (
    <section>
      <Heading>
        <span className="text-gold">{formatNoun(calls.length, 'call')} without a price</span>
      </Heading>
      <p className="mb-1 text-sm text-muted">
        They are not in the cost above. Send the cost with the call (
        <code className="font-mono">cost_usd</code>), or name a model the price book knows.
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
