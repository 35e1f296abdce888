import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { allEnvironments, defaultEnvironment } from '../../lib/url/environment.ts';
import type { SearchParams } from '../../lib/url/search-params.ts';
import { relativeRangeSearch, type Range } from '../../lib/url/range.ts';
import { isFiltered, withoutFilters } from './filters/session-filters.ts';

export interface NoSessionsProps {
  readonly search: SearchParams;
  readonly range: Range;
  readonly onChange: (change: SearchParams) => void;
}

/** Why the list is empty, and what would fill it. */
export function NoSessions({ search, range, onChange }: NoSessionsProps) {
  const filtered = isFiltered(search);
  const env = search['env'] ?? defaultEnvironment;
  return (
    <div className="rounded-lg border border-line bg-surface">
      <EmptyState
        title={filtered ? 'No session matches these filters' : 'No sessions in this range'}
        action={
          <>
            {filtered && (
              <Button look="primary" onClick={() => onChange(withoutFilters(search))}>
                Clear all filters
              </Button>
            )}
            {range.name !== '30d' && (
              <Button onClick={() => onChange(relativeRangeSearch('30d'))}>Show 30 days</Button>
            )}
            {env !== allEnvironments && (
              <Button onClick={() => onChange({ env: allEnvironments })}>All environments</Button>
            )}
          </>
        }
      >
        {env === allEnvironments
          ? 'Nothing started in this range in any environment.'
          : `Nothing ${filtered ? 'that matches ' : ''}started in this range in the environment “${env}”.`}
      </EmptyState>
    </div>
  );
}
