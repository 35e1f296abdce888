import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { TextInput } from './field.tsx';
import { agentNames } from '../lib/api/agent-names.ts';

const shownAtMost = 100;

export interface AgentChoiceProps {
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

/** Agents to tick, found by their name. */
export function AgentChoice({ value, onChange }: AgentChoiceProps) {
  const [text, setText] = useState('');
  const agents = useQuery({
    queryKey: ['agents'],
    queryFn: ({ signal }) => agentNames(signal),
  });
  const chosen = (value ?? '').split(',').filter((id) => id !== '');
  const words = text.toLowerCase();
  const found = (agents.data?.items ?? [])
    .filter((agent) => `${agent.id} ${agent.name}`.toLowerCase().includes(words))
    .slice(0, shownAtMost);
  const toggle = (id: string) => {
    const next = chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id];
    onChange(next.length === 0 ? undefined : next.join(','));
  };
  return (
    <fieldset className="flex min-w-0 flex-col gap-1">
      <legend className="float-left text-sm text-muted">Agent</legend>
      <TextInput
        aria-label="Find an agent"
        placeholder="Find an agent"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="h-28 overflow-y-auto rounded-md border border-line2 p-1">
        {found.map((agent) => (
          <label
            key={agent.id}
            className="flex min-h-6 items-center gap-2 rounded-sm px-1 hover:bg-sunk"
          >
            <input
              type="checkbox"
              className="accent-accent"
              checked={chosen.includes(agent.id)}
              onChange={() => toggle(agent.id)}
            />
            <span className="truncate">{agent.name}</span>
          </label>
        ))}
        {agents.isSuccess && found.length === 0 && (
          <p className="px-1 text-sm text-muted">No such agent.</p>
        )}
        {agents.isError && <p className="px-1 text-sm text-rust">The agents could not be read.</p>}
      </div>
    </fieldset>
  );
}
