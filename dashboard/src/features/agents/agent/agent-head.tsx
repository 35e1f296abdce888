import type { AgentDetail } from '@niitaka/protocol/agent.ts';
import { Link } from '@tanstack/react-router';
import { Pencil } from 'lucide-react';
import { Button } from '../../../components/button.tsx';
import { CopyButton } from '../../../components/copy-button.tsx';
import { LiveLight } from '../../../components/live-light.tsx';
import { RangePicker } from '../../../components/range-picker.tsx';
import { Tag } from '../../../components/tag.tsx';
import { TimeAgo } from '../../../components/time-text.tsx';
import type { Range } from '../../../lib/url/range.ts';
import type { SearchParams } from '../../../lib/url/search-params.ts';
import { AgentStatusMark } from '../agent-status.tsx';

export interface AgentHeadProps {
  readonly agentId: string;
  /** Undefined while it is read. */
  readonly agent: AgentDetail | undefined;
  readonly range: Range;
  readonly mayChange: boolean;
  readonly onChange: (change: SearchParams) => void;
}

/** Who the agent is and where it stands. */
export function AgentHead({ agentId, agent, range, mayChange, onChange }: AgentHeadProps) {
  return (
    <header className="flex flex-col gap-1">
      <div className="flex flex-wrap items-center gap-x-2.5 gap-y-2">
        <Link
          to="/agents"
          search={({ env, range: name, from, to }) => ({ env, range: name, from, to })}
          className="rounded-sm text-muted hover:text-text hover:underline"
        >
          Agents
        </Link>
        <span aria-hidden="true" className="text-faint">
          /
        </span>
        <h1 className="min-w-0 truncate text-title" title={agent?.name ?? agentId}>
          {agent?.name ?? agentId}
        </h1>
        {agent !== undefined && (
          <>
            <AgentStatusMark status={agent.status} />
            {agent.active_version !== null && <Tag>v{agent.active_version}</Tag>}
          </>
        )}
        <LiveLight />
        <span className="flex-1" />
        {mayChange && agent !== undefined && (
          <Button onClick={() => onChange({ show: 'agent' })}>
            <Pencil size={13} strokeWidth={1.6} aria-hidden="true" /> Edit
          </Button>
        )}
        <RangePicker range={range} onChange={onChange} />
      </div>
      {agent !== undefined && <Facts agent={agent} />}
    </header>
  );
}

function Facts({ agent }: { readonly agent: AgentDetail }) {
  return (
    <>
      {agent.description !== null && (
        <p className="max-w-[90ch] break-words">{agent.description}</p>
      )}
      <p className="flex flex-wrap items-center gap-x-3 text-sm text-muted">
        <span className="inline-flex max-w-full min-w-0 items-center">
          <span className="truncate font-mono">{agent.id}</span>
          <CopyButton text={agent.id} label="Copy the id" />
        </span>
        <span className={agent.running > 0 ? 'font-semibold text-accent' : ''}>
          {agent.running} running
        </span>
        <span>
          {agent.last_active_at === null ? (
            'never active'
          ) : (
            <>
              active <TimeAgo at={agent.last_active_at} />
            </>
          )}
        </span>
        <span>
          first seen <TimeAgo at={agent.created_at} />
        </span>
      </p>
    </>
  );
}
