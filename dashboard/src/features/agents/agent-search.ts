import { useNavigate, useSearch } from '@tanstack/react-router';
import type { SearchParams } from '../../lib/url/search-params.ts';

/** The query of the page that is shown and how to change parts of it; undefined takes a key out. */
export function useAgentSearch(): [
  SearchParams,
  (change: SearchParams, how?: 'push' | 'replace') => void,
] {
  const search: SearchParams = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = (part: SearchParams, how: 'push' | 'replace' = 'push') =>
    void navigate({
      to: '.',
      search: (old) => ({ ...old, ...part }),
      replace: how === 'replace',
      resetScroll: false,
    });
  return [search, change];
}
