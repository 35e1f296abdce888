import { Link } from '@tanstack/react-router';
import { Button, buttonClass } from '../../../components/button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { allEnvironments } from '../../../lib/url/environment.ts';
import type { SearchParams } from '../../../lib/url/search-params.ts';
import { statusWords } from '../status-words.ts';
import type { AgentFilters } from './agent-filters.ts';

export interface NoAgentsProps {
  /** There is no agent at all, filters or not. */
  readonly none: boolean;
  readonly env: string;
  readonly filters: AgentFilters;
  readonly onChange: (change: SearchParams) => void;
}

/** Why the list is empty, and what would fill it. */
export function NoAgents({ none, env, filters, onChange }: NoAgentsProps) {
  if (none) {
    const everywhere = env === allEnvironments;
    return (
      <div className="rounded-lg border border-line bg-surface">
        <EmptyState
          title={everywhere ? 'No agents yet' : `No agents in the environment “${env}”`}
          action={
            <>
              {!everywhere && (
                <Button onClick={() => onChange({ env: allEnvironments })}>All environments</Button>
              )}
              {!filters.archived && (
                <Button onClick={() => onChange({ archived: 'yes' })}>With archived</Button>
              )}
              <Link to="/sessions" className={buttonClass()}>
                See the sessions
              </Link>
            </>
          }
        >
          The first session that names an agent makes it:{' '}
          <code className="rounded-sm bg-sunk px-1 font-mono text-sm">
            niitaka.start_session(agent_id=&quot;support-router&quot;, goal=…)
          </code>
        </EmptyState>
      </div>
    );
  }
  const what = filters.status === null ? 'agent' : statusWords[filters.status].toLowerCase();
  return (
    <div className="rounded-lg border border-line bg-surface">
      <EmptyState
        title={filters.status === null ? 'No agent has these words' : `No ${what} agent here`}
        action={
          <Button look="primary" onClick={() => onChange({ q: undefined, status: undefined })}>
            Clear the filters
          </Button>
        }
      >
        Words are looked for in the id, the name and the description.
      </EmptyState>
    </div>
  );
}
