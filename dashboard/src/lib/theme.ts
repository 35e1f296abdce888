import { useSyncExternalStore } from 'react';

/** Light, dark, or as the system says. */
export type Theme = 'system' | 'light' | 'dark';

const key = 'niitaka.theme';
const listeners = new Set<() => void>();

/** The chosen theme of this browser. */
export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, readTheme);
}

/** Chooses the theme of this browser, kept for the next visit. */
export function setTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  try {
    if (theme === 'system') localStorage.removeItem(key);
    else localStorage.setItem(key, theme);
  } catch {
    // Without storage the choice holds until the page is left.
  }
  for (const listener of listeners) listener();
}

function readTheme(): Theme {
  const theme = document.documentElement.dataset['theme'];
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
