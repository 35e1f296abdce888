import type { SessionDetail } from '@niitaka/protocol/session.ts';
import { Tabs } from '../../components/tabs.tsx';
import { CostTab } from './cost/cost-tab.tsx';
import { DecisionsTab } from './decisions/decisions-tab.tsx';
import { MetricsTab } from './metrics/metrics-tab.tsx';
import { sessionTabs, type SessionSearch, type SetSessionSearch } from './session-search.ts';
import { SignalsTab } from './signals/signals-tab.tsx';
import { TimelineTab } from './timeline/timeline-tab.tsx';

export interface SessionTabProps {
  readonly session: SessionDetail;
  readonly search: SessionSearch;
  readonly onSearch: SetSessionSearch;
}

/** The parts of a session, one at a time. */
export function SessionTabs(props: SessionTabProps) {
  const { session, search, onSearch } = props;
  return (
    <Tabs
      label="Parts of the session"
      value={search.tab}
      onChange={(id) => onSearch({ tab: sessionTabs.find((tab) => tab === id) ?? 'timeline' })}
      items={[
        { id: 'timeline', label: 'Timeline' },
        { id: 'cost', label: 'Cost' },
        { id: 'signals', label: 'Signals', count: session.signal_count },
        { id: 'decisions', label: 'Decisions', count: session.trace_count },
        { id: 'metrics', label: 'Metrics' },
      ]}
    >
      <TabBody {...props} />
    </Tabs>
  );
}

function TabBody(props: SessionTabProps) {
  switch (props.search.tab) {
    case 'timeline':
      return <TimelineTab {...props} />;
    case 'cost':
      return <CostTab {...props} />;
    case 'signals':
      return <SignalsTab {...props} />;
    case 'decisions':
      return <DecisionsTab {...props} />;
    case 'metrics':
      return <MetricsTab {...props} />;
  }
}
