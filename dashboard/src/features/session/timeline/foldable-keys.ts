import type { TimelineEvent } from './timeline-event.ts';

/** Ids of the events that have others below them. */
export function foldableKeys(events: readonly TimelineEvent[]): ReadonlySet<string> {
  const ids = new Set(events.map((event) => event.id));
  const parents = new Set<string>();
  for (const { parentId } of events)
    if (parentId !== null && ids.has(parentId)) parents.add(parentId);
  return parents;
}
