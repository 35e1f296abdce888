import type { SearchParams } from './search-params.ts';

/** What the URL says about the open session: which tab, event, event types and words inside. */
export interface DrawerSearch {
  readonly session?: string;
  readonly tab?: string;
  readonly event?: string;
  readonly types?: string;
  readonly find?: string;
}

/** The keys the open session owns in the URL. */
export const drawerKeys = ['session', 'tab', 'event', 'types', 'find'] as const;

/** A query without anything of the open session: what closing the drawer leaves. */
export function withoutDrawer<T extends SearchParams>(search: T): T {
  return { ...search, ...Object.fromEntries(drawerKeys.map((key) => [key, undefined])) };
}

/** A query with the session open, at an event where one is given, nothing else of the last one kept. */
export function withDrawer<T extends SearchParams>(search: T, session: string, event?: string): T {
  return { ...withoutDrawer(search), session, event };
}
