import type { SessionPage, SessionRow } from '@niitaka/protocol/session.ts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { buttonClass } from '../../../components/button.tsx';
import { CautionMark } from '../../../components/caution-mark.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { StatusLabel } from '../../../components/status-dot.tsx';
import { Tag } from '../../../components/tag.tsx';
import { TimeAgo } from '../../../components/time-text.tsx';
import { agentFamily } from '../../../lib/api/agent-family.ts';
import { apiGet, type Query } from '../../../lib/api/api-fetch.ts';
import { costCaution } from '../../../lib/cost-caution.ts';
import { formatCount } from '../../../lib/format-count.ts';
import { formatDuration } from '../../../lib/format-duration.ts';
import { formatNanoUsd } from '../../../lib/format-money.ts';
import type { AgentTabProps } from './agent-tab.ts';
import { TabBody } from './tab-body.tsx';

/** Sessions that show here; the Sessions page has all. */
const shownSessions = 25;

/** The newest sessions of an agent, and the way to all of them. */
export function AgentSessions({ agentId, queryKey, queryNow }: AgentTabProps) {
  const query = useQuery({
    queryKey: [...agentFamily, 'sessions', agentId, queryKey],
    queryFn: ({ signal }) => apiGet<SessionPage>('/sessions', askedOf(agentId, queryNow()), signal),
    placeholderData: keepPreviousData,
  });
  return (
    <TabBody query={query} what="The sessions could not be read">
      {({ items, next_cursor: next }) =>
        items.length === 0 ? (
          <EmptyState title="No sessions in this range">
            Sessions that name this agent show here as they start.
          </EmptyState>
        ) : (
          <>
            <SessionTable items={items} />
            <AllSessions agentId={agentId} more={next !== null} />
          </>
        )
      }
    </TabBody>
  );
}

function askedOf(agentId: string, range: Query): Query {
  return { ...range, agent_id: agentId, limit: shownSessions, sort: '-started_at' };
}

function AllSessions({ agentId, more }: { readonly agentId: string; readonly more: boolean }) {
  return (
    <p className="mt-3 flex items-center gap-2 text-muted">
      <Link
        to="/sessions"
        search={({ env, range, from, to }) => ({ env, range, from, to, agent: agentId })}
        className={buttonClass()}
      >
        All sessions of this agent
      </Link>
      {more && `The newest ${shownSessions} are shown.`}
    </p>
  );
}

const heads = [
  ['Status', ''],
  ['Goal', ''],
  ['Started', 'max-sm:hidden'],
  ['Duration', 'text-right max-sm:hidden'],
  ['Cost', 'text-right'],
  ['Steps', 'text-right max-sm:hidden'],
  ['Errors', 'text-right max-sm:hidden'],
] as const;

function SessionTable({ items }: { readonly items: readonly SessionRow[] }) {
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-surface">
      <table aria-label="Newest sessions" className="w-full table-fixed text-left">
        <thead>
          <tr>
            {heads.map(([head, look]) => (
              <th
                key={head}
                scope="col"
                className={`h-[34px] px-3 text-sm font-semibold whitespace-nowrap text-muted ${widths[head]} ${look}`}
              >
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((row) => (
            <SessionLine key={row.id} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const widths: Readonly<Record<(typeof heads)[number][0], string>> = {
  Status: 'w-[104px] max-sm:w-[92px]',
  Goal: '',
  Started: 'w-[108px]',
  Duration: 'w-[104px]',
  Cost: 'w-[104px] max-sm:w-[92px]',
  Steps: 'w-[76px]',
  Errors: 'w-[76px]',
};

function SessionLine({ row }: { readonly row: SessionRow }) {
  return (
    <tr className="relative h-[35px] border-t border-line2 hover:bg-row">
      <td className="px-3">
        <StatusLabel status={row.status} quiet={row.quiet} />
      </td>
      <td className="px-3">
        <span className="flex items-center gap-2">
          <Link
            to="/sessions/$sessionId"
            params={{ sessionId: row.id }}
            data-row
            title={row.goal ?? undefined}
            className="min-w-0 truncate rounded-sm font-medium hover:underline"
          >
            {row.goal ?? 'no goal'}
          </Link>
          {row.aborted && <Tag tone="rust">aborted</Tag>}
        </span>
      </td>
      <td className="px-3 whitespace-nowrap text-muted max-sm:hidden">
        <TimeAgo at={row.started_at} />
      </td>
      <td className="px-3 text-right whitespace-nowrap max-sm:hidden">
        {row.duration_ms === null ? (
          <span className="text-muted">running</span>
        ) : (
          formatDuration(row.duration_ms)
        )}
      </td>
      <td className="px-3 text-right whitespace-nowrap">
        <CostCell row={row} />
      </td>
      <td className="px-3 text-right max-sm:hidden">{formatCount(row.step_count)}</td>
      <td
        className={`px-3 text-right max-sm:hidden ${row.error_count > 0 ? 'font-semibold text-rust' : 'text-faint'}`}
      >
        {formatCount(row.error_count)}
      </td>
    </tr>
  );
}

function CostCell({ row }: { readonly row: SessionRow }) {
  const isUnpriced = row.total_cost_nano_usd === '0' && row.unpriced_count > 0;
  return (
    <span className="inline-flex items-baseline gap-1">
      {isUnpriced ? (
        <span className="text-muted">no price</span>
      ) : (
        formatNanoUsd(row.total_cost_nano_usd)
      )}
      <CautionMark why={costCaution(row)} />
    </span>
  );
}
