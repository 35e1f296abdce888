import type { Query } from '../../../lib/api/api-fetch.ts';
import type { Range } from '../../../lib/url/range.ts';
import { listText, type SessionFilters } from './session-filters.ts';

/** The filters and range as the API takes them. */
export function apiQueryOf(filters: SessionFilters, range: Range): Query {
  return {
    from: new Date(range.fromMs).toISOString(),
    to: range.toMs === null ? undefined : new Date(range.toMs).toISOString(),
    environment: filters.environment ?? undefined,
    status: listText(filters.status),
    agent_id: listText(filters.agents),
    q: filters.q === '' ? undefined : filters.q,
    has_errors: filters.hasErrors ?? undefined,
    goal_completed: filters.goalCompleted ?? undefined,
    min_score: filters.score?.min ?? undefined,
    max_score: filters.score?.max ?? undefined,
    min_cost: filters.cost?.min ?? undefined,
    max_cost: filters.cost?.max ?? undefined,
    min_duration_ms: filters.durationMs?.min ?? undefined,
    max_duration_ms: filters.durationMs?.max ?? undefined,
    experiment_id: listText(filters.experiments),
    variant: listText(filters.variants),
    user_id: listText(filters.users),
    conversation_id: listText(filters.conversations),
    tag: filters.tag ?? undefined,
    incomplete: filters.incomplete || undefined,
    quiet: filters.quiet || undefined,
  };
}
