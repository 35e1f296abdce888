import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Query } from '../../lib/api/api-fetch.ts';
import { allEnvironments, defaultEnvironment } from '../../lib/url/environment.ts';
import type { Range } from '../../lib/url/range.ts';
import type { SearchParams } from '../../lib/url/search-params.ts';
import { repeatingSubtype, signalTypes } from '../../lib/signal-text.ts';

/** The page's query and how to change parts of it; undefined takes a key out. */
export function useSignalSearch(): [SearchParams, (change: SearchParams) => void] {
  const search: SearchParams = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = (part: SearchParams) =>
    void navigate({ to: '/signals', search: (old) => ({ ...old, ...part }), resetScroll: false });
  return [search, change];
}

/** The one type the URL asks for; null for all. */
export function typeOf(search: SearchParams): string | null {
  return signalTypes.find(([type]) => type === search['type'])?.[0] ?? null;
}

/** Whether anything but the range and the environment narrows the feed. */
export function isNarrowed(search: SearchParams): boolean {
  return typeOf(search) !== null || search['agent'] !== undefined;
}

/** The feed the URL names, as the API takes it. */
export function signalQueryOf(search: SearchParams, range: Range): Query {
  const environment = search['env'] ?? defaultEnvironment;
  return {
    from: new Date(range.fromMs).toISOString(),
    to: range.toMs === null ? undefined : new Date(range.toMs).toISOString(),
    type: typeOf(search) ?? undefined,
    without_subtype: typeOf(search) === null ? repeatingSubtype : undefined,
    agent_id: search['agent'],
    environment: environment === allEnvironments ? undefined : environment,
  };
}
