import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { Skeleton } from '../../components/skeleton.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { agentFamily } from '../../lib/api/agent-family.ts';
import { useIdentity } from '../../lib/api/use-identity.ts';
import { useRowFocus } from '../../lib/keys/use-row-focus.ts';
import { useReread } from '../../lib/live/use-reread.ts';
import { rangeOf } from '../../lib/url/range.ts';
import { AgentFailed } from './agent/agent-failed.tsx';
import { AgentHead } from './agent/agent-head.tsx';
import { AgentPolicies } from './agent/agent-policies.tsx';
import { AgentSessions } from './agent/agent-sessions.tsx';
import { AgentSignals } from './agent/agent-signals.tsx';
import type { AgentTabProps } from './agent/agent-tab.ts';
import { EditDialog } from './agent/edit-dialog.tsx';
import { agentQuery, rangeQueryNow } from './agent-queries.ts';
import { useAgentSearch } from './agent-search.ts';
import { AgentFigures } from './figures/agent-figures.tsx';
import { VersionsTab } from './versions/versions-tab.tsx';

const rereadEveryMs = 5_000;
const tabs = [
  { id: 'sessions', label: 'Sessions' },
  { id: 'versions', label: 'Versions' },
  { id: 'policies', label: 'Policies' },
  { id: 'signals', label: 'Signals' },
] as const;

/** One agent: how it fares over time, its sessions, versions, policies and signals. */
export function AgentPage() {
  const { agentId } = useParams({ from: '/shell/agents/$agentId' });
  return <Agent key={agentId} agentId={agentId} />;
}

function Agent({ agentId }: { readonly agentId: string }) {
  const [search, change] = useAgentSearch();
  const [openedAtMs] = useState(Date.now);
  const mayChange = useIdentity()?.role === 'admin';
  const { env, range: name, from, to, show } = search;
  const queryKey = JSON.stringify([env, name, from, to]);
  const queryNow = () => rangeQueryNow(search);
  const query = useQuery(agentQuery(agentId, queryKey, queryNow));
  useReread(agentFamily, rereadEveryMs);
  const page = useRef<HTMLDivElement>(null);
  useRowFocus(page);
  const agent = query.data;
  const tab = tabs.find(({ id }) => id === search['tab'])?.id ?? 'sessions';
  return (
    <div ref={page} className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      <div className="flex flex-col gap-3 px-5 pt-3 pb-2 max-sm:px-3">
        <AgentHead
          agentId={agentId}
          agent={agent}
          range={rangeOf(search, openedAtMs)}
          mayChange={mayChange}
          onChange={change}
        />
        {agent !== undefined ? (
          // A narrow screen has no room for both: there the figures stand over the sessions alone.
          <div className={tab === 'sessions' ? '' : 'max-sm:hidden'}>
            <AgentFigures agent={agent} />
          </div>
        ) : query.isError ? (
          <AgentFailed error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <FigureOutline />
        )}
      </div>
      {!query.isError && (
        <Tabs
          label="About the agent"
          items={tabs}
          value={tab}
          onChange={(id) =>
            change({
              tab: id === 'sessions' ? undefined : id,
              version: undefined,
              against: undefined,
            })
          }
        >
          <div className="px-5 pt-4 pb-10 max-sm:px-3">
            <TabPanel tab={tab} agentId={agentId} queryKey={queryKey} queryNow={queryNow} />
          </div>
        </Tabs>
      )}
      {show === 'agent' && mayChange && agent !== undefined && (
        <EditDialog agent={agent} onClose={() => change({ show: undefined })} />
      )}
    </div>
  );
}

function TabPanel({
  tab,
  ...props
}: AgentTabProps & { readonly tab: (typeof tabs)[number]['id'] }) {
  switch (tab) {
    case 'sessions':
      return <AgentSessions {...props} />;
    case 'versions':
      return <VersionsTab agentId={props.agentId} />;
    case 'policies':
      return <AgentPolicies agentId={props.agentId} />;
    case 'signals':
      return <AgentSignals {...props} />;
  }
}

function FigureOutline() {
  return (
    <div className="grid grid-cols-5 gap-2.5 max-lg:grid-cols-2">
      {['sessions', 'cost', 'errors', 'steps', 'duration'].map((id) => (
        <div
          key={id}
          className="flex h-[118px] flex-col gap-3 rounded-lg border border-line bg-surface p-3 max-lg:first:col-span-2"
        >
          <Skeleton className="h-3 w-20" />
          <Skeleton className="h-5 w-24" />
          <Skeleton className="h-9 w-full" />
        </div>
      ))}
    </div>
  );
}
