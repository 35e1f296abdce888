import { isCalendarDay } from '@niitaka/core/event/calendar-day.ts';
import { nanoUsdOf } from '@niitaka/core/money/nano-usd.ts';
import type { SessionFilter } from '@niitaka/core/session/session-filter.ts';
import { searchWords } from '@niitaka/core/text/goal-words.ts';
import type { SessionListQuery } from '@niitaka/protocol/session-query.ts';
import { HttpProblem } from './problem.ts';

/** The filters of a query, read. */
export type FilterQuery = Omit<SessionListQuery, 'sort' | 'limit' | 'cursor'>;

/** A query's filters in the domain's words. */
export function filterOf(query: FilterQuery): SessionFilter {
  return {
    fromMs: timeOf('from', query.from),
    toMs: timeOf('to', query.to),
    statuses: query.status,
    agentIds: query.agent_id,
    environments: query.environment,
    words: query.q === undefined || query.q.trim() === '' ? undefined : searchWords(query.q),
    parentSessionId: query.parent_session_id?.toLowerCase(),
    rootOnly: query.root_only === true ? true : undefined,
    hasErrors: query.has_errors,
    goalCompleted: query.goal_completed,
    minScore: query.min_score,
    maxScore: query.max_score,
    minCostNanoUsd: moneyOf(query.min_cost),
    maxCostNanoUsd: moneyOf(query.max_cost),
    minDurationMs: query.min_duration_ms,
    maxDurationMs: query.max_duration_ms,
    experimentIds: query.experiment_id,
    variants: query.variant,
    userIds: query.user_id,
    conversationIds: query.conversation_id,
    tag: tagOf(query.tag),
    incomplete: query.incomplete,
    quiet: query.quiet,
  };
}

/** Costs beyond this say nothing; SQL's integers end a little above it. */
const greatestNanoUsd = 9_000_000_000_000_000_000n;

function moneyOf(usd: number | undefined): bigint | undefined {
  if (usd === undefined) return undefined;
  const nanoUsd = nanoUsdOf(usd) ?? 0n;
  if (nanoUsd > greatestNanoUsd) return greatestNanoUsd;
  return nanoUsd < -greatestNanoUsd ? -greatestNanoUsd : nanoUsd;
}

/** A time of a query or body that may be absent, as {@link timeIn}. */
export function timeOf(
  path: string,
  text: string | undefined,
  what: 'query' | 'body' = 'query',
): number | undefined {
  return text === undefined ? undefined : timeIn(what, path, text);
}

/** A time, ms since the epoch; refuses a day that no calendar has. */
export function timeIn(what: 'query' | 'body', path: string, text: string): number {
  const ms = Date.parse(text);
  if (!Number.isNaN(ms) && isCalendarDay(text)) return ms;
  const message = `wanted a time that exists: got ${JSON.stringify(text)}`;
  throw new HttpProblem('invalid', `The ${what} is not valid at ${path}: ${message}`, {
    errors: [{ path, code: 'invalid', message }],
  });
}

function tagOf(text: string | undefined): { key: string; value: string } | undefined {
  if (text === undefined) return undefined;
  const colon = text.indexOf(':');
  return { key: text.slice(0, colon), value: text.slice(colon + 1) };
}
