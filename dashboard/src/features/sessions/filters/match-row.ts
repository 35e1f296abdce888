import type { SessionRow } from '@niitaka/protocol/session.ts';
import { within } from './bounds.ts';
import type { Range } from '../../../lib/url/range.ts';
import type { SessionFilters } from './session-filters.ts';

/** Whether a row passes; `unknown` when only the server can say. */
export type Match = 'yes' | 'no' | 'unknown';

/** Compares a row with the filters and the range, as far as a row alone can tell. */
export function matchRow(row: SessionRow, filters: SessionFilters, range: Range): Match {
  const startedMs = Date.parse(row.started_at);
  if (startedMs < range.fromMs || (range.toMs !== null && startedMs >= range.toMs)) return 'no';
  if (filters.environment !== null && row.environment !== filters.environment) return 'no';
  if (!passesLists(row, filters) || !passesOutcome(row, filters)) return 'no';
  if (filters.cost !== null && !within(filters.cost, row.total_cost)) return 'no';
  if (filters.durationMs !== null && !within(filters.durationMs, row.duration_ms)) return 'no';
  if (filters.incomplete && !row.delivery.incomplete) return 'no';
  if (filters.quiet && !row.quiet) return 'no';
  return filters.q.trim() === '' ? 'yes' : 'unknown';
}

function passesLists(row: SessionRow, filters: SessionFilters): boolean {
  const lists: readonly (readonly [readonly string[], string | null])[] = [
    [filters.status, row.status],
    [filters.agents, row.agent_id],
    [filters.experiments, row.experiment_id],
    [filters.variants, row.variant],
    [filters.users, row.user_id],
    [filters.conversations, row.conversation_id],
  ];
  return (
    lists.every(
      ([wanted, value]) => wanted.length === 0 || (value !== null && wanted.includes(value)),
    ) &&
    (filters.tag === null || hasTag(row, filters.tag))
  );
}

function passesOutcome(row: SessionRow, filters: SessionFilters): boolean {
  const { goal_completed: goal, score } = row.metrics;
  if (filters.hasErrors !== null && row.error_count > 0 !== filters.hasErrors) return false;
  if (filters.goalCompleted !== null && goal !== filters.goalCompleted) return false;
  return filters.score === null || within(filters.score, typeof score === 'number' ? score : null);
}

function hasTag(row: SessionRow, tag: string): boolean {
  const colon = tag.indexOf(':');
  return row.tags[tag.slice(0, colon)] === tag.slice(colon + 1);
}
