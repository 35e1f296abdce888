import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { SearchParams } from '../../lib/url/search-params.ts';

/** How a change of the URL shows in the history. */
export type Change = (change: SearchParams, how?: 'push' | 'replace') => void;

/** The page's query and how to change parts of it; undefined takes a key out. */
export function usePageSearch(): [SearchParams, Change] {
  const search: SearchParams = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = useCallback<Change>(
    (part, how = 'push') => {
      void navigate({
        to: '/sessions',
        search: (old) => ({ ...old, ...part }),
        replace: how === 'replace',
        resetScroll: false,
      });
    },
    [navigate],
  );
  return [search, change];
}
