import type { TimelineEvent } from './timeline-event.ts';

/**
 * The events known with those that arrived, in timeline order (E6): by start, sender, seq.
 * Of one event the record with the higher position stands, so a late page never undoes a close.
 */
export function mergeTimelineEvents(
  known: readonly TimelineEvent[],
  arrived: readonly TimelineEvent[],
): readonly TimelineEvent[] {
  const newest = newestById(arrived);
  const kept = known.filter((event) => {
    const other = newest.get(event.id);
    if (other === undefined) return true;
    if (other.position > event.position) return false;
    newest.delete(event.id);
    return true;
  });
  if (newest.size === 0) return known;
  return mergeSorted(kept, [...newest.values()].sort(compareTimelineEvents));
}

export function compareTimelineEvents(a: TimelineEvent, b: TimelineEvent): number {
  return (
    a.startMs - b.startMs ||
    compareText(a.sender ?? '', b.sender ?? '') ||
    (a.seq ?? 0) - (b.seq ?? 0) ||
    compareText(a.id, b.id)
  );
}

function newestById(events: readonly TimelineEvent[]): Map<string, TimelineEvent> {
  const newest = new Map<string, TimelineEvent>();
  for (const event of events) {
    const other = newest.get(event.id);
    if (other === undefined || event.position > other.position) newest.set(event.id, event);
  }
  return newest;
}

function mergeSorted(
  left: readonly TimelineEvent[],
  right: readonly TimelineEvent[],
): TimelineEvent[] {
  const merged: TimelineEvent[] = [];
  let at = 0;
  for (const event of right) {
    for (let next = left[at]; next !== undefined && compareTimelineEvents(next, event) <= 0;) {
      merged.push(next);
      at += 1;
      next = left[at];
    }
    merged.push(event);
  }
  for (; at < left.length; at += 1) {
    const next = left[at];
    if (next !== undefined) merged.push(next);
  }
  return merged;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
