import type { Signal } from '@niitaka/protocol/signal.ts';

/** What a newly read first page adds to the signals that are held. */
export interface Newest {
  readonly fresh: readonly Signal[];
  /** Nothing of the page was held and there is more after it: signals between may be missing. */
  readonly gap: boolean;
}

/** Compares the newest page with what is held (G2). */
export function mergeNewest(
  heldIds: ReadonlySet<string>,
  page: { readonly items: readonly Signal[]; readonly next_cursor: string | null },
): Newest {
  const fresh = page.items.filter(({ id }) => !heldIds.has(id));
  const gap = fresh.length === page.items.length && page.next_cursor !== null && heldIds.size > 0;
  return { fresh, gap };
}

/** Signals of several reads as one list: each once, newest first, by id where the time is the same. */
export function sortSignals(signals: readonly Signal[]): Signal[] {
  const byId = new Map(signals.map((signal) => [signal.id, signal]));
  return [...byId.values()].toSorted(
    (one, other) =>
      Date.parse(other.occurred_at) - Date.parse(one.occurred_at) ||
      (other.id < one.id ? -1 : Number(other.id > one.id)),
  );
}
