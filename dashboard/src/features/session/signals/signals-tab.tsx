import type { Signal } from '@niitaka/protocol/signal.ts';
import { useQuery } from '@tanstack/react-query';
import { AlertTriangle, Info, OctagonAlert } from 'lucide-react';
import { EmptyState } from '../../../components/empty-state.tsx';
import { JsonTree } from '../../../components/json-tree.tsx';
import { Tag } from '../../../components/tag.tsx';
import { TimeClock } from '../../../components/time-text.tsx';
import { formatCount } from '../../../lib/format-count.ts';
import { signalsQuery } from '../api/session-queries.ts';
import { Disclosure } from '../disclosure.tsx';
import { EventLink } from '../event-link.tsx';
import { PolicyName } from '../policy-name.tsx';
import { QueryBody } from '../query-body.tsx';
import type { SessionTabProps } from '../session-tabs.tsx';

/** Every signal of the session, newest first. */
export function SignalsTab({ session }: SessionTabProps) {
  const query = useQuery(signalsQuery(session.id));
  return (
    <QueryBody query={query} what="The signals could not be read">
      {({ items, more }) =>
        items.length === 0 ? (
          <EmptyState title="No signals">
            Limits that were reached, retries and fallbacks of this session show here.
          </EmptyState>
        ) : (
          <>
            <ul className="-my-2">
              {items.map((signal) => (
                <SignalLine key={signal.id} signal={signal} />
              ))}
            </ul>
            {more && (
              <p className="text-muted">The newest {formatCount(items.length)} are shown.</p>
            )}
          </>
        )
      }
    </QueryBody>
  );
}

const looks = {
  info: { Icon: Info, tone: 'text-muted' },
  warning: { Icon: AlertTriangle, tone: 'text-gold' },
  critical: { Icon: OctagonAlert, tone: 'text-rust' },
} as const;

function SignalLine({ signal }: { readonly signal: Signal }) {
  const { Icon, tone } = looks[signal.severity];
  const data = typeof signal.data === 'object' && signal.data !== null ? signal.data : {};
  return (
    <li className="rendered-in-view flex gap-2.5 border-t border-line2 py-2.5 first:border-t-0">
      <Icon
        size={15}
        strokeWidth={1.6}
        aria-label={signal.severity}
        className={`mt-0.5 shrink-0 ${tone}`}
      />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2">
          <span className="font-semibold">
            {signal.message || signal.subtype.replaceAll('_', ' ')}
          </span>
          {signal.action !== null && (
            <Tag tone={signal.action === 'abort' ? 'rust' : 'gold'}>{signal.action}</Tag>
          )}
        </p>
        <p className="flex flex-wrap gap-x-2 text-sm text-muted">
          <span>
            {signal.type} / {signal.subtype.replaceAll('_', ' ')}
          </span>
          {signal.policy_id !== null && (
            <span>
              · policy <PolicyName policyId={signal.policy_id} />
            </span>
          )}
          <span>
            · <TimeClock at={signal.occurred_at} />
          </span>
          {signal.event_id !== null && <EventLink eventId={signal.event_id} />}
        </p>
        {Object.keys(data).length > 0 && (
          <Disclosure title="Data">
            <JsonTree value={data} label="Data of the signal" />
          </Disclosure>
        )}
      </div>
    </li>
  );
}
