import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { LiveLight } from '../../components/live-light.tsx';
import { RangePicker } from '../../components/range-picker.tsx';
import { formatCount, formatNoun } from '../../lib/format-count.ts';
import { useRowFocus } from '../../lib/keys/use-row-focus.ts';
import { useReread } from '../../lib/live/use-reread.ts';
import { defaultEnvironment } from '../../lib/url/environment.ts';
import { rangeOf } from '../../lib/url/range.ts';
import { agentCardsQuery, rangeQueryNow } from './agent-queries.ts';
import { useAgentSearch } from './agent-search.ts';
import { AgentCard } from './list/agent-card.tsx';
import { agentFiltersOf, agentsWithWords, countStatuses } from './list/agent-filters.ts';
import { agentGrid } from './list/agent-grid.ts';
import { AgentOutline } from './list/agent-outline.tsx';
import { AgentToolbar } from './list/agent-toolbar.tsx';
import { NoAgents } from './list/no-agents.tsx';
import { sortAgents } from './list/sort-agents.ts';
import { useSteadyOrder } from './list/use-steady-order.ts';

const rereadEveryMs = 5_000;

/** Every agent with how it fares, found and put in order. */
export function AgentsPage() {
  const [search, change] = useAgentSearch();
  const [openedAtMs] = useState(Date.now);
  const filters = agentFiltersOf(search);
  const range = rangeOf(search, openedAtMs);
  const { env, range: name, from, to } = search;
  const key = JSON.stringify([env, name, from, to, filters.archived]);
  const queryNow = () => ({ ...rangeQueryNow(search), include_archived: filters.archived });
  const query = useQuery(agentCardsQuery(key, queryNow));
  useReread(['agents', 'cards'], rereadEveryMs);
  const page = useRef<HTMLDivElement>(null);
  useRowFocus(page);
  const all = query.data?.items;
  const { q, status, sort } = filters;
  const found = all && agentsWithWords(all, q);
  const chosen = found?.filter((agent) => status === null || agent.status === status);
  const order = useSteadyOrder(
    JSON.stringify([key, q, status, sort, query.isPlaceholderData]),
    chosen && sortAgents(chosen, sort),
  );
  const { items } = order;
  return (
    <div ref={page} className="min-h-0 flex-1 overflow-y-auto">
      <div className="flex min-h-full flex-col gap-3 px-5 pt-3 pb-10 max-sm:px-3">
        <header className="flex flex-wrap items-center gap-2.5">
          <h1 className="text-title">Agents</h1>
          <LiveLight />
          {all !== undefined && all.length > 0 && (
            <span className="text-muted">
              {countText(items?.length ?? 0, all.length)}
              {query.data?.more === true && ', more are not read'}
            </span>
          )}
          <span className="flex-1" />
          {order.isStale && (
            <Button look="ghost" onClick={order.sortAgain}>
              Sort again
            </Button>
          )}
          <RangePicker range={range} onChange={change} />
        </header>
        <AgentToolbar
          filters={filters}
          counts={found === undefined ? null : countStatuses(found)}
          onChange={change}
        />
        {items === undefined ? (
          <NotRead query={query} />
        ) : items.length === 0 ? (
          <NoAgents
            none={all?.length === 0}
            env={env ?? defaultEnvironment}
            filters={filters}
            onChange={change}
          />
        ) : (
          <ul aria-label="Agents" className={agentGrid}>
            {items.map((agent) => (
              <AgentCard key={agent.id} agent={agent} />
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

function countText(shown: number, all: number): string {
  const noun = formatNoun(all, 'agent');
  return shown === all ? noun : `${formatCount(shown)} of ${noun}`;
}

function NotRead({ query }: { readonly query: UseQueryResult<unknown> }) {
  if (!query.isError) return <AgentOutline />;
  return (
    <ErrorState
      what="The agents could not be read"
      error={query.error}
      onRetry={() => void query.refetch()}
    />
  );
}
