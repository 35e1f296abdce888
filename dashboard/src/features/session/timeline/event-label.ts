import type { TimelineEvent } from './timeline-event.ts';

/** What an event is called on its line: the strongest word, and one that steps back. */
export interface EventLabel {
  readonly name: string;
  readonly note: string | null;
}

/** A model for an llm call, a tool's name, what was chosen, what went wrong, what was said. */
export function eventLabel(event: TimelineEvent): EventLabel {
  const { name, model, brief } = event;
  switch (event.type) {
    case 'llm':
      return pair(model ?? name ?? 'unknown model', model === null ? null : name);
    case 'tool':
      return pair(name ?? 'unnamed tool', event.level === 'error' ? brief : null);
    case 'decision':
    case 'error':
    case 'log':
      return name === null ? pair(brief ?? event.type, null) : pair(name, brief);
  }
}

function pair(name: string, note: string | null): EventLabel {
  return { name, note: note === name || note === '' ? null : note };
}
