import { filterKeys } from '../features/sessions/filters/session-filters.ts';
import { drawerKeys } from '../lib/url/drawer-search.ts';

/** Every key a page may have in its URL; others are dropped. */
export const pageKeys = {
  shell: ['env'],
  sessions: ['env', 'range', 'from', 'to', ...filterKeys, 'sort', 'root', ...drawerKeys],
  session: ['env', ...drawerKeys],
  agents: ['env', 'range', 'from', 'to', 'q', 'status', 'sort', 'archived'],
  agent: ['env', 'range', 'from', 'to', 'tab', 'version', 'against', 'show'],
  signals: ['env', 'range', 'from', 'to', 'type', 'agent'],
  policies: ['env', 'policy', 'show'],
  signIn: ['token', 'next'],
} as const;

/** The search type of a page: optional text under each of its keys. */
export type PageSearch<P extends keyof typeof pageKeys> = {
  [K in (typeof pageKeys)[P][number]]?: string | undefined;
};

/** Keeps the keys a page knows, as text. */
export function pickSearch<P extends keyof typeof pageKeys>(page: P) {
  return (raw: Record<string, unknown>): PageSearch<P> => {
    const known: readonly string[] = pageKeys[page];
    const kept = Object.entries(raw).filter(
      ([key, value]) => known.includes(key) && typeof value === 'string' && value !== '',
    );
    return Object.fromEntries(kept) as PageSearch<P>;
  };
}
