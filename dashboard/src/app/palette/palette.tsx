import type { Agent, View } from '@niitaka/protocol/access.ts';
import type { SessionPage } from '@niitaka/protocol/session.ts';
import { Dialog } from '@base-ui/react/dialog';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Command } from 'cmdk';
import { useDeferredValue, useRef, useState, type ReactNode } from 'react';
import { popupClass } from '../../components/popup-class.ts';
import { StatusDot } from '../../components/status-dot.tsx';
import { apiGet } from '../../lib/api/api-fetch.ts';
import { setTheme } from '../../lib/theme.ts';
import { parseSearchParams } from '../../lib/url/search-params.ts';

const found = 8;
const pages = [
  ['Sessions', '/sessions', undefined],
  ['Settings: API keys', '/settings/{-$section}', 'keys'],
  ['Settings: People', '/settings/{-$section}', 'people'],
  ['Settings: Audit log', '/settings/{-$section}', 'audit'],
] as const;

/** Finds pages, sessions by their goal, agents and kept views; changes the theme. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  const sessions = useFoundSessions(useDeferredValue(text.trim()));
  const agents = useList<Agent>('agents');
  const views = useList<View>('views');
  const go = (action: () => unknown) => () => {
    onClose();
    void action();
  };
  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/35" />
        <Dialog.Popup
          initialFocus={input}
          aria-label="Command palette"
          className={`${popupClass} fixed top-[12vh] left-1/2 z-50 w-[min(580px,calc(100vw-24px))] -translate-x-1/2 overflow-hidden`}
        >
          <Command label="Command palette" loop>
            <Command.Input
              ref={input}
              value={text}
              onValueChange={setText}
              placeholder="Find a page, session, agent or view"
              className="h-12 w-full border-b border-line bg-transparent px-4 text-[15px] outline-none"
            />
            <Command.List className="max-h-[52vh] overflow-y-auto p-1.5">
              <Command.Empty className="px-3 py-8 text-center text-muted">
                Nothing found.
              </Command.Empty>
              <Group title="Pages">
                {pages.map(([name, to, section]) => (
                  <Item
                    key={name}
                    value={name}
                    onSelect={go(() => navigate({ to, params: { section } }))}
                  >
                    {name}
                  </Item>
                ))}
              </Group>
              {sessions.length > 0 && (
                <Group title="Sessions" forced>
                  {sessions.map((row) => (
                    <Item
                      key={row.id}
                      value={`session ${row.id}`}
                      forced
                      onSelect={go(() =>
                        navigate({
                          to: '/sessions',
                          search: (old) => ({ ...old, session: row.id }),
                        }),
                      )}
                    >
                      <StatusDot status={row.status} />
                      <span className="min-w-0 flex-1 truncate">{row.goal ?? 'no goal'}</span>
                      <span className="text-muted">{row.agent_id}</span>
                    </Item>
                  ))}
                </Group>
              )}
              <Group title="Agents">
                {agents.map((agent) => (
                  <Item
                    key={agent.id}
                    value={`agent ${agent.id} ${agent.name}`}
                    onSelect={go(() => navigate({ to: '/sessions', search: { agent: agent.id } }))}
                  >
                    <span className="text-muted">Sessions of</span> {agent.name}
                  </Item>
                ))}
              </Group>
              <Group title="Views">
                {views.map((view) => (
                  <Item
                    key={view.id}
                    value={`view ${view.id} ${view.name}`}
                    onSelect={go(() =>
                      navigate({ to: '/sessions', search: parseSearchParams(view.query) }),
                    )}
                  >
                    {view.name}
                  </Item>
                ))}
              </Group>
              <Group title="Theme">
                {(['system', 'light', 'dark'] as const).map((theme) => (
                  <Item key={theme} value={`theme ${theme}`} onSelect={go(() => setTheme(theme))}>
                    Theme: {theme}
                  </Item>
                ))}
              </Group>
            </Command.List>
          </Command>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Group(props: {
  readonly title: string;
  readonly forced?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <Command.Group
      heading={props.title}
      forceMount={props.forced ?? false}
      className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted"
    >
      {props.children}
    </Command.Group>
  );
}

interface ItemProps {
  readonly value: string;
  readonly forced?: boolean;
  readonly onSelect: () => void;
  readonly children: ReactNode;
}

function Item({ value, forced = false, onSelect, children }: ItemProps) {
  return (
    <Command.Item
      value={value}
      forceMount={forced}
      onSelect={onSelect}
      className="flex min-h-9 cursor-pointer items-center gap-2 rounded-md px-2.5 data-[selected=true]:bg-sunk"
    >
      {children}
    </Command.Item>
  );
}

function useFoundSessions(q: string) {
  const answer = useQuery({
    queryKey: ['palette', q],
    enabled: q.length > 1,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => apiGet<SessionPage>('/sessions', { q, limit: found }, signal),
  });
  return q.length > 1 ? (answer.data?.items ?? []) : [];
}

function useList<T>(name: 'agents' | 'views'): readonly T[] {
  const answer = useQuery({
    queryKey: [name],
    queryFn: ({ signal }) =>
      apiGet<{ items: T[] }>(`/${name}`, name === 'agents' ? { limit: 500 } : {}, signal),
  });
  return answer.data?.items ?? [];
}
