import { useQuery } from '@tanstack/react-query';
import { EmptyState } from '../../../components/empty-state.tsx';
import { formatNanoUsdExact } from '../../../lib/format-money.ts';
import { costQuery } from '../api/session-queries.ts';
import { QueryBody } from '../query-body.tsx';
import type { SessionTabProps } from '../session-tabs.tsx';
import { CostSteps } from './cost-steps.tsx';
import { CostTable } from './cost-table.tsx';
import {
  belowText,
  lateText,
  sharesByClass,
  sharesByModel,
  sharesBySource,
  sharesOfTree,
} from './cost-shares.ts';
import { UnpricedCalls } from './unpriced-calls.tsx';

/** What the cost is made of; each number leads to its events. */
export function CostTab({ session, onSearch }: SessionTabProps) {
  const query = useQuery(costQuery(session.id));
  const showEvents = (find: string) =>
    onSearch({ tab: 'timeline', event: null, types: ['llm'], find }, 'push');
  const openEvent = (event: string) =>
    onSearch({ tab: 'timeline', event, types: [], find: '' }, 'push');
  return (
    <QueryBody query={query} what="The cost could not be read">
      {(cost) =>
        cost.by_model.length === 0 && cost.tree === null ? (
          <EmptyState title="No calls yet">
            Every llm call and what it cost appears here.
          </EmptyState>
        ) : (
          <>
            <p className="text-muted">
              <strong className="text-title text-text">
                {formatNanoUsdExact(cost.total_cost_nano_usd)}
              </strong>{' '}
              own cost
              {[belowText(cost), lateText(cost)]
                .filter((part) => part !== null)
                .map((part) => ` · ${part}`)
                .join('')}
            </p>
            {cost.steps.length > 0 && <CostSteps cost={cost} onOpen={openEvent} />}
            <CostTable title="By model" rows={sharesByModel(cost)} onShow={showEvents} />
            <CostTable title="By token class" rows={sharesByClass(cost)} onShow={showEvents} />
            <CostTable
              title="By source of the price"
              rows={sharesBySource(cost)}
              onShow={showEvents}
            />
            {cost.unpriced.length > 0 && (
              <UnpricedCalls
                calls={cost.unpriced}
                total={cost.by_model.reduce((sum, row) => sum + row.unpriced, 0)}
                onOpen={openEvent}
              />
            )}
            {cost.tree_by_model.length > 0 && (
              <CostTable
                title="With everything below, by model"
                rows={sharesOfTree(cost)}
                onShow={showEvents}
              />
            )}
          </>
        )
      }
    </QueryBody>
  );
}
