import { Link } from '@tanstack/react-router';
import { Button, buttonClass } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { allEnvironments, defaultEnvironment } from '../../lib/url/environment.ts';
import { relativeRangeSearch, type Range } from '../../lib/url/range.ts';
import type { SearchParams } from '../../lib/url/search-params.ts';
import { isNarrowed } from './signal-search.ts';

export interface NoSignalsProps {
  readonly search: SearchParams;
  readonly range: Range;
  readonly onChange: (change: SearchParams) => void;
}

/** Why the feed is empty, and what would fill it. */
export function NoSignals({ search, range, onChange }: NoSignalsProps) {
  const narrowed = isNarrowed(search);
  const env = search['env'] ?? defaultEnvironment;
  return (
    <div className="rounded-lg border border-line bg-surface">
      <EmptyState
        title={narrowed ? 'No signal matches these filters' : 'No signals in this range'}
        action={
          <>
            {narrowed && (
              <Button
                look="primary"
                onClick={() => onChange({ type: undefined, agent: undefined })}
              >
                Clear the filters
              </Button>
            )}
            {range.name !== '30d' && (
              <Button onClick={() => onChange(relativeRangeSearch('30d'))}>Show 30 days</Button>
            )}
            {env !== allEnvironments && (
              <Button onClick={() => onChange({ env: allEnvironments })}>All environments</Button>
            )}
            {!narrowed && (
              <Link to="/policies" className={buttonClass()}>
                See the policies
              </Link>
            )}
          </>
        }
      >
        Limits that were reached, calls that were repeated, models that were swapped and acts of
        operators show here, at the moment they happen
        {env === allEnvironments ? '.' : ` in the environment “${env}”.`}
      </EmptyState>
    </div>
  );
}
