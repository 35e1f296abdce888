import type { Agent, View } from '@niitaka/protocol/access.ts';
import { useNavigate } from '@tanstack/react-router';
import { StatusDot } from '../../components/status-dot.tsx';
import { setTheme } from '../../lib/theme.ts';
import { withDrawer } from '../../lib/url/drawer-search.ts';
import { parseSearchParams } from '../../lib/url/search-params.ts';
import { Group, Item } from './palette-item.tsx';
import { useFoundSessions, useList } from './palette-queries.ts';

export interface GroupProps {
  readonly onClose: () => void;
}

const pages = [
  ['Sessions', '/sessions', undefined],
  ['Agents', '/agents', undefined],
  ['Signals', '/signals', undefined],
  ['Policies', '/policies', undefined],
  ['Settings: API keys', '/settings/{-$section}', 'keys'],
  ['Settings: People', '/settings/{-$section}', 'people'],
  ['Settings: Audit log', '/settings/{-$section}', 'audit'],
  ['Settings: Health', '/settings/{-$section}', 'health'],
  ['Settings: Sample data', '/settings/{-$section}', 'samples'],
] as const;

/** The pages. */
export function PageGroup({ onClose }: GroupProps) {
  const navigate = useNavigate();
  return (
    <Group title="Pages">
      {pages.map(([name, to, section]) => (
        <Item
          key={name}
          value={name}
          onSelect={() => {
            onClose();
            void navigate({ to, params: { section } });
          }}
        >
          {name}
        </Item>
      ))}
    </Group>
  );
}

/** Sessions with the typed words in their goal. */
export function SessionGroup({ words, onClose }: GroupProps & { readonly words: string }) {
  const navigate = useNavigate();
  const sessions = useFoundSessions(words);
  if (sessions.length === 0) return null;
  return (
    <Group title="Sessions" forced>
      {sessions.map((row) => (
        <Item
          key={row.id}
          value={`session ${row.id}`}
          forced
          onSelect={() => {
            onClose();
            void navigate({ to: '/sessions', search: (old) => withDrawer(old, row.id) });
          }}
        >
          <StatusDot status={row.status} />
          <span className="min-w-0 flex-1 truncate">{row.goal ?? 'no goal'}</span>
          <span className="text-muted">{row.agent_id}</span>
        </Item>
      ))}
    </Group>
  );
}

/** Agents: their pages. */
export function AgentGroup({ onClose }: GroupProps) {
  const navigate = useNavigate();
  const agents = useList<Agent>('agents');
  return (
    <Group title="Agents">
      {agents.map((agent) => (
        <Item
          key={agent.id}
          value={`agent ${agent.id} ${agent.name}`}
          onSelect={() => {
            onClose();
            void navigate({ to: '/agents/$agentId', params: { agentId: agent.id } });
          }}
        >
          <span className="text-muted">Agent</span> {agent.name}
        </Item>
      ))}
    </Group>
  );
}

/** Views that were kept. */
export function ViewGroup({ onClose }: GroupProps) {
  const navigate = useNavigate();
  const views = useList<View>('views');
  return (
    <Group title="Views">
      {views.map((view) => (
        <Item
          key={view.id}
          value={`view ${view.id} ${view.name}`}
          onSelect={() => {
            onClose();
            void navigate({ to: '/sessions', search: parseSearchParams(view.query) });
          }}
        >
          {view.name}
        </Item>
      ))}
    </Group>
  );
}

/** The theme of this browser. */
export function ThemeGroup({ onClose }: GroupProps) {
  return (
    <Group title="Theme">
      {(['system', 'light', 'dark'] as const).map((theme) => (
        <Item
          key={theme}
          value={`theme ${theme}`}
          onSelect={() => {
            onClose();
            setTheme(theme);
          }}
        >
          Theme: {theme}
        </Item>
      ))}
    </Group>
  );
}
