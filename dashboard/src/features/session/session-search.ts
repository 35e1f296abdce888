import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { eventTypes } from './timeline/event-filter.ts';

export const sessionTabs = ['timeline', 'cost', 'signals', 'decisions', 'metrics'] as const;

export type SessionTab = (typeof sessionTabs)[number];
export type EventTypeName = (typeof eventTypes)[number];

/** What the URL says about the open session. */
export interface SessionSearch {
  readonly tab: SessionTab;
  readonly event: string | null;
  readonly types: readonly EventTypeName[];
  readonly find: string;
}

/** Reads the URL's words; what it cannot be is left out. */
export function readSessionSearch(raw: Readonly<Record<string, unknown>>): SessionSearch {
  const text = (key: string) => (typeof raw[key] === 'string' ? raw[key] : '');
  const asked = text('types').split(',');
  return {
    tab: sessionTabs.find((tab) => tab === text('tab')) ?? 'timeline',
    event: text('event') === '' ? null : text('event'),
    types: eventTypes.filter((type) => asked.includes(type)),
    find: text('find'),
  };
}

/** A change as the URL's words; what is as usual stays out of the URL. */
export function writeSessionSearch(
  change: Partial<SessionSearch>,
): Record<string, string | undefined> {
  const words: Record<string, string | undefined> = {};
  if (change.tab !== undefined) words['tab'] = change.tab === 'timeline' ? undefined : change.tab;
  if (change.event !== undefined) words['event'] = change.event ?? undefined;
  if (change.types !== undefined) words['types'] = change.types.join(',') || undefined;
  if (change.find !== undefined) words['find'] = change.find || undefined;
  return words;
}

/** `push` leaves a step for the browser's Back. */
export type SetSessionSearch = (change: Partial<SessionSearch>, how?: 'push' | 'replace') => void;

/** The open session's part of the URL, and how to change it. */
export function useSessionSearch(): readonly [SessionSearch, SetSessionSearch] {
  const raw = useSearch({ strict: false });
  const navigate = useNavigate();
  const search = useMemo(() => readSessionSearch(raw), [raw]);
  const set = useCallback<SetSessionSearch>(
    (change, how = 'replace') =>
      void navigate({
        to: '.',
        search: (old: object) => ({ ...old, ...writeSessionSearch(change) }),
        replace: how === 'replace',
      }),
    [navigate],
  );
  return [search, set];
}
