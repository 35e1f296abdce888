import { formatDuration } from '../../../lib/format-duration.ts';
import { formatUsd } from '../../../lib/format-money.ts';
import type { SearchParams } from '../../../lib/url/search-params.ts';
import type { Bounds } from './bounds.ts';
import { filtersOf, type filterKeys } from './session-filters.ts';

/** One filter that is on: its words and the URL key that clears it. */
export interface FilterChip {
  readonly key: (typeof filterKeys)[number];
  readonly text: string;
}

/** The filters that are on and have no control of their own in the bar, in a fixed order. */
export function chipsOf(search: SearchParams): FilterChip[] {
  const filters = filtersOf(search);
  const chips: (FilterChip | null)[] = [
    listChip('agent', 'Agent', filters.agents),
    filters.hasErrors === false ? { key: 'errors', text: 'No errors' } : null,
    filters.goalCompleted === null
      ? null
      : { key: 'goal', text: filters.goalCompleted ? 'Goal met' : 'Goal missed' },
    boundsChip('score', 'Score', filters.score, String),
    boundsChip('cost', 'Cost', filters.cost, formatUsd),
    boundsChip('duration', 'Duration', filters.durationMs, formatDuration),
    listChip('experiment', 'Experiment', filters.experiments),
    listChip('variant', 'Variant', filters.variants),
    listChip('user', 'User', filters.users),
    listChip('conversation', 'Conversation', filters.conversations),
    filters.tag === null ? null : { key: 'tag', text: `Tag ${filters.tag}` },
    filters.incomplete ? { key: 'incomplete', text: 'Incomplete' } : null,
    filters.quiet ? { key: 'quiet', text: 'Quiet' } : null,
  ];
  return chips.filter((chip) => chip !== null);
}

function listChip(
  key: FilterChip['key'],
  name: string,
  values: readonly string[],
): FilterChip | null {
  const only = values[0];
  if (only === undefined) return null;
  return { key, text: values.length === 1 ? `${name}: ${only}` : `${name}: ${values.length}` };
}

function boundsChip(
  key: FilterChip['key'],
  name: string,
  bounds: Bounds | null,
  format: (value: number) => string,
): FilterChip | null {
  if (bounds === null) return null;
  const { min, max } = bounds;
  if (min === null) return { key, text: `${name} ≤ ${format(max ?? 0)}` };
  if (max === null) return { key, text: `${name} ≥ ${format(min)}` };
  return { key, text: `${name} ${format(min)} – ${format(max)}` };
}
