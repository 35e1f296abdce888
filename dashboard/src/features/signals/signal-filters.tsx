import { ChevronDown, X } from 'lucide-react';
import { AgentChoice } from '../../components/agent-choice.tsx';
import { Button } from '../../components/button.tsx';
import { Popover } from '../../components/popover.tsx';
import { Segments } from '../../components/segments.tsx';
import type { SearchParams } from '../../lib/url/search-params.ts';
import { typeOf } from './signal-search.ts';
import { signalTypes } from '../../lib/signal-text.ts';

export interface SignalFiltersProps {
  readonly search: SearchParams;
  readonly onChange: (change: SearchParams) => void;
}

const types = [
  { value: 'all', label: 'All' },
  ...signalTypes.map(([value, label]) => ({ value, label })),
];

/** The types and agents whose signals show. */
export function SignalFilters({ search, onChange }: SignalFiltersProps) {
  const agents = (search['agent'] ?? '').split(',').filter((id) => id !== '');
  const name = agents.length === 1 ? agents[0] : `${agents.length}`;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Segments
        label="Type"
        value={typeOf(search) ?? 'all'}
        items={types}
        onChange={(type) => onChange({ type: type === 'all' ? undefined : type })}
      />
      <Popover
        label="Agents"
        className="w-64"
        trigger={
          <Button
            className={
              agents.length === 0 ? '' : 'border-transparent! bg-accent-soft! text-accent!'
            }
          >
            <span className="max-w-40 truncate">
              {agents.length === 0 ? 'Agent' : `Agent: ${name}`}
            </span>
            <ChevronDown size={13} strokeWidth={1.8} aria-hidden="true" />
          </Button>
        }
      >
        <AgentChoice value={search['agent']} onChange={(agent) => onChange({ agent })} />
      </Popover>
      {agents.length > 0 && (
        <Button look="ghost" onClick={() => onChange({ agent: undefined })}>
          <X size={13} strokeWidth={2} aria-hidden="true" /> Every agent
        </Button>
      )}
    </div>
  );
}
