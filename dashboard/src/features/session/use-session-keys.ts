import { useEffect, useRef, type KeyboardEvent, type RefObject } from 'react';
import { sessionTabs, type SessionSearch, type SetSessionSearch } from './session-search.ts';

export interface SessionKeys {
  readonly root: RefObject<HTMLDivElement | null>;
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
}

/**
 * Keys that work everywhere in an open session: [ and ] change the tab, j and k go to the events,
 * / to the search, Esc closes the event, then the session. A key taken here does not reach the list
 * below, and the focus never falls out when what held it goes away.
 */
export function useSessionKeys(
  search: SessionSearch,
  setSearch: SetSessionSearch,
  onClose: () => void,
): SessionKeys {
  const root = useRef<HTMLDivElement>(null);
  const { tab, event: openEvent } = search;
  useEffect(() => root.current?.focus(), []);
  const shown = `${tab} ${openEvent}`;
  const lastShown = useRef(shown);
  useEffect(() => {
    if (lastShown.current === shown) return;
    lastShown.current = shown;
    const focused = document.activeElement;
    if (focused === null || focused === document.body) root.current?.focus();
  });

  const actions: Readonly<Record<string, (event: KeyboardEvent<HTMLElement>) => void>> = {
    Escape: () => {
      if (openEvent !== null && tab === 'timeline') setSearch({ event: null });
      else onClose();
    },
    '[': () => setSearch({ tab: neighbour(tab, -1) }),
    ']': () => setSearch({ tab: neighbour(tab, 1) }),
    '/': ({ currentTarget }) => focusSearch(currentTarget),
    j: passToGrid,
    k: passToGrid,
  };
  return {
    root,
    onKeyDown: (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof Element && event.target.closest('input, textarea')) return;
      const act = actions[event.key];
      if (act === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      act(event);
    },
  };
}

function neighbour(tab: SessionSearch['tab'], step: 1 | -1): SessionSearch['tab'] {
  const at = sessionTabs.indexOf(tab) + step;
  return sessionTabs[(at + sessionTabs.length) % sessionTabs.length] ?? tab;
}

function focusSearch(root: HTMLElement): void {
  root.querySelector<HTMLElement>('input[type="search"]')?.focus();
}

/** The rows take the key as if they had been in focus. */
function passToGrid({ currentTarget, key }: KeyboardEvent<HTMLElement>): void {
  const grid = currentTarget.querySelector<HTMLElement>('[role="treegrid"]');
  grid?.focus();
  grid?.dispatchEvent(new window.KeyboardEvent('keydown', { key, bubbles: true }));
}
