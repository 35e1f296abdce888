import type { KeyboardEvent } from 'react';
import { sessionTabs, type SessionSearch, type SetSessionSearch } from './session-search.ts';

/**
 * Keys that work everywhere in an open session: [ and ] change the tab, Esc closes the event, then
 * the session. A key taken here does not reach the list below.
 */
export function useSessionKeys(
  search: SessionSearch,
  setSearch: SetSessionSearch,
  onClose: () => void,
): (event: KeyboardEvent<HTMLElement>) => void {
  return (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target instanceof Element && event.target.closest('input, textarea');
    const act = typing ? null : actionOf(event.key);
    if (act === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (act === 'close') {
      if (search.event !== null && search.tab === 'timeline') setSearch({ event: null });
      else onClose();
      return;
    }
    const at = sessionTabs.indexOf(search.tab) + act;
    const tab = sessionTabs[(at + sessionTabs.length) % sessionTabs.length];
    if (tab !== undefined) setSearch({ tab });
  };
}

function actionOf(key: string): 'close' | 1 | -1 | null {
  if (key === 'Escape') return 'close';
  if (key === ']') return 1;
  return key === '[' ? -1 : null;
}
