import type { Interval } from './time-scale.ts';
import type { TimelineEvent } from './timeline-event.ts';

export const eventTypes = ['llm', 'tool', 'decision', 'error', 'log'] as const;

/** What the reader asked to see: types, words, and events found by their content. */
export interface EventFilter {
  /** Empty means every type. */
  readonly types: readonly TimelineEvent['type'][];
  readonly words: readonly string[];
  readonly model: string | null;
  readonly source: string | null;
  /** Ids whose content holds the words, as the server found them. */
  readonly found: ReadonlySet<string>;
  /** Only what touches this stretch of time; null means all. */
  readonly within: Interval | null;
}

const NO_MODEL = 'none';

/** `find` is what stands in the search field: words, `model:NAME` and `source:NAME`. */
export function parseEventFilter(
  types: readonly TimelineEvent['type'][],
  find: string,
  found: ReadonlySet<string> = new Set(),
  within: Interval | null = null,
): EventFilter {
  const parts = find
    .trim()
    .split(/\s+/)
    .filter((part) => part !== '');
  const field = (name: string) =>
    parts.find((part) => part.startsWith(`${name}:`))?.slice(name.length + 1) ?? null;
  return {
    types,
    words: parts.filter((part) => !/^(model|source):/.test(part)).map((part) => part.toLowerCase()),
    model: field('model'),
    source: field('source'),
    found,
    within,
  };
}

/** The search text that shows the calls of one model, `null` for calls that name none. */
export function findModel(model: string | null): string {
  return `model:${model ?? NO_MODEL}`;
}

export function isFiltering(filter: EventFilter): boolean {
  return (
    filter.types.length > 0 ||
    filter.words.length > 0 ||
    filter.model !== null ||
    filter.source !== null ||
    filter.within !== null
  );
}

export function matchesEvent(filter: EventFilter, event: TimelineEvent): boolean {
  if (filter.types.length > 0 && !filter.types.includes(event.type)) return false;
  if (filter.within !== null && !touches(event, filter.within)) return false;
  if (filter.model !== null && !isOfModel(event, filter.model)) return false;
  if (filter.source !== null && event.costSource !== filter.source) return false;
  if (filter.words.length === 0 || filter.found.has(event.id)) return true;
  const text = [event.type, event.name, event.model, event.brief, event.id]
    .join('\n')
    .toLowerCase();
  return filter.words.every((word) => text.includes(word));
}

/** An open event lasts until now: only its start is known. */
export function touches(
  one: { readonly startMs: number; readonly endMs: number | null },
  within: Interval,
): boolean {
  return one.startMs <= within.endMs && (one.endMs === null || one.endMs >= within.startMs);
}

function isOfModel(event: TimelineEvent, model: string): boolean {
  if (event.type !== 'llm') return false;
  return event.model === (model === NO_MODEL ? null : model);
}
