import type { SignalPage } from '@niitaka/protocol/signal.ts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { buttonClass } from '../../../components/button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { SignalRow } from '../../../components/signal-row.tsx';
import { agentFamily } from '../../../lib/api/agent-family.ts';
import { apiGet } from '../../../lib/api/api-fetch.ts';
import type { AgentTabProps } from './agent-tab.ts';
import { TabBody } from './tab-body.tsx';

/** Signals that show here; the Signals page has all. */
const shownSignals = 25;

/** The newest signals of an agent, and the way to all of them. */
export function AgentSignals({ agentId, queryKey, queryNow }: AgentTabProps) {
  const query = useQuery({
    queryKey: [...agentFamily, 'signals', agentId, queryKey],
    queryFn: ({ signal }) =>
      apiGet<SignalPage>(
        '/signals',
        { ...queryNow(), agent_id: agentId, limit: shownSignals },
        signal,
      ),
    placeholderData: keepPreviousData,
  });
  return (
    <TabBody query={query} what="The signals could not be read">
      {({ items, next_cursor: next }) =>
        items.length === 0 ? (
          <EmptyState title="No signals in this range">
            Limits that were reached, retries and acts of operators show here.
          </EmptyState>
        ) : (
          <>
            <ul
              aria-label="Newest signals"
              className="divide-y divide-line2 overflow-hidden rounded-lg border border-line bg-surface"
            >
              {items.map((signal) => (
                <SignalRow key={signal.id} signal={signal} fresh={false} />
              ))}
            </ul>
            <p className="mt-3 flex items-center gap-2 text-muted">
              <Link
                to="/signals"
                search={({ env, range, from, to }) => ({ env, range, from, to, agent: agentId })}
                className={buttonClass()}
              >
                All signals of this agent
              </Link>
              {next !== null && `The newest ${shownSignals} are shown.`}
            </p>
          </>
        )
      }
    </TabBody>
  );
}
