import { Link } from '@tanstack/react-router';
import { Sparkline } from '../../../components/sparkline.tsx';
import { Tag } from '../../../components/tag.tsx';
import { TimeAgo } from '../../../components/time-text.tsx';
import { formatNoun } from '../../../lib/format-count.ts';
import type { AgentCard as AgentRow } from '@niitaka/protocol/agent.ts';
import { AgentStatusMark } from '../agent-status.tsx';
import {
  costText,
  durationText,
  errorRateText,
  runningText,
  stepsText,
  type FigureText,
} from '../figure-texts.ts';
import { FigureValue } from '../figure-value.tsx';

/** One agent at a glance; all of the card leads to its page. */
export function AgentCard({ agent }: { readonly agent: AgentRow }) {
  const about = agent.description ?? (agent.name === agent.id ? null : agent.id);
  return (
    <li className="relative flex min-w-0 flex-col rounded-lg border border-line bg-surface px-3 pt-2.5 pb-2 [contain-intrinsic-size:auto_136px] [content-visibility:auto] focus-within:bg-sel hover:bg-row">
      <div className="flex items-center gap-2">
        <h2 className="min-w-0 flex-1 truncate font-semibold">
          <Link
            to="/agents/$agentId"
            params={{ agentId: agent.id }}
            search={({ env, range, from, to }) => ({ env, range, from, to })}
            data-row
            title={agent.name === agent.id ? agent.id : `${agent.name} (${agent.id})`}
            className="after:absolute after:inset-0 after:rounded-lg after:content-['']"
          >
            {agent.name}
          </Link>
        </h2>
        {agent.active_version !== null && (
          <Tag title={`Version ${agent.active_version} is active`}>v{agent.active_version}</Tag>
        )}
        <AgentStatusMark status={agent.status} className="text-sm" />
      </div>
      {about !== null && (
        <p className="truncate text-sm text-muted" title={about}>
          {about}
        </p>
      )}
      <Sparkline
        values={agent.series}
        width={320}
        height={26}
        stretched
        className={`mt-1.5 min-h-6.5 w-full flex-1 ${agent.running > 0 ? 'text-accent' : 'text-faint'}`}
      />
      <dl className="mt-1.5 grid grid-cols-[3fr_5fr_3fr_3fr_4fr] gap-x-2 border-t border-line2 pt-1.5">
        <Figure label="Running" figure={runningText(agent)} />
        <Figure label="Cost" figure={costText(agent)} />
        <Figure label="Errors" figure={errorRateText(agent)} />
        <Figure label="Steps" figure={stepsText(agent)} />
        <Figure label="p95" figure={durationText(agent)} />
      </dl>
      <p className="mt-1 flex gap-2 text-sm text-muted">
        <span className="flex-1 truncate">
          {agent.last_active_at === null ? (
            'never active'
          ) : (
            <>
              active <TimeAgo at={agent.last_active_at} />
            </>
          )}
        </span>
        <span className="shrink-0">{formatNoun(agent.sessions, 'session')}</span>
      </p>
    </li>
  );
}

function Figure({ label, figure }: { readonly label: string; readonly figure: FigureText }) {
  return (
    <div className="min-w-0">
      <dt className="truncate text-xs text-muted">{label}</dt>
      <dd className="truncate font-medium">
        <FigureValue figure={figure} />
      </dd>
    </div>
  );
}
