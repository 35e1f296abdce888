import {
  quietAfterMs,
  type SessionFilter,
  type SessionSort,
} from '@niitaka/core/session/session-filter.ts';
import { goalWords } from '@niitaka/core/text/goal-words.ts';
import type { SessionSummary } from '../session-reader.ts';

/** One line of a list: which session is shown, and how many below it match. */
export interface ReferenceLine {
  readonly id: string;
  readonly matchedDescendants: number | null;
}

/** What a list must show, worked out the slow and obvious way; `all` stands in order of arrival. */
export function referenceList(
  all: readonly SessionSummary[],
  filter: SessionFilter,
  sort: SessionSort,
  nowMs: number,
): ReferenceLine[] {
  const { rootOnly, ...rest } = filter;
  const matches = referenceMatches(all, rest, nowMs);
  const byId = new Map(all.map((one) => [one.session.id, one]));
  const isPlain = Object.entries(rest).every(
    ([name, value]) => value === undefined || plainNames.has(name),
  );
  const isArrival =
    rest.words !== undefined &&
    sort === '-started_at' &&
    rest.fromMs === undefined &&
    rest.toMs === undefined;
  const arrival = new Map(all.map((one, index) => [one.session.id, index]));
  const value = (one: SessionSummary) =>
    isArrival ? (arrival.get(one.session.id) ?? 0) : sortValue(one, sort, nowMs);
  const ordered = matches.toSorted((a, b) => compare(value(a), value(b)) || compareIds(a, b));
  if (sort.startsWith('-')) ordered.reverse();
  if (rootOnly !== true) {
    return ordered.map(({ session }) => ({ id: session.id, matchedDescendants: null }));
  }
  const age = (one: SessionSummary) =>
    isArrival ? (arrival.get(one.session.id) ?? 0) : one.session.startedAtMs;
  return ordered.flatMap((one): ReferenceLine[] => {
    const itself = [{ id: one.session.id, matchedDescendants: null }];
    const { rootSessionId: rootId, parentSessionId: parentId } = one.session;
    if (isPlain && parentId === null) return itself;
    const root = byId.get(rootId);
    if (root === undefined) {
      return isPlain && parentId !== null && byId.has(parentId) ? [] : itself;
    }
    if (isPlain && matches.includes(root)) return [];
    const tree = matches.filter((other) => other.session.rootSessionId === rootId);
    const newest = tree.toSorted((a, b) => compare(age(a), age(b)) || compareIds(a, b)).at(-1);
    if (newest !== one) return [];
    const below = tree.filter((other) => other.session.id !== rootId).length;
    return [{ id: rootId, matchedDescendants: below }];
  });
}

const plainNames = new Set(['fromMs', 'toMs', 'environments']);

/** The sessions that a filter without `rootOnly` means. */
export function referenceMatches(
  all: readonly SessionSummary[],
  filter: SessionFilter,
  nowMs: number,
): SessionSummary[] {
  return all.filter((one) => {
    const { session, tags } = one;
    const { fromMs = -Infinity, toMs = Infinity } = filter;
    const duration = durationOf(one, nowMs);
    const { goal_completed: good = null, score = null } = session.metrics;
    const lastMs = session.lastEventAtMs ?? session.startedAtMs;
    const isQuiet = session.status === 'running' && lastMs < nowMs - quietAfterMs;
    return (
      session.startedAtMs >= fromMs &&
      session.startedAtMs < toMs &&
      isOneOf(filter.statuses, session.status) &&
      isOneOf(filter.agentIds, session.agentId) &&
      isOneOf(filter.environments, session.environment) &&
      isOneOf(filter.experimentIds, session.experimentId) &&
      isOneOf(filter.variants, session.variant) &&
      isOneOf(filter.userIds, session.userId) &&
      isOneOf(filter.conversationIds, session.conversationId) &&
      isEqual(filter.parentSessionId, session.parentSessionId) &&
      isEqual(filter.hasErrors, session.errorCount > 0) &&
      isEqual(filter.goalCompleted, good) &&
      isWithin(score === null ? null : Number(score), filter.minScore, filter.maxScore) &&
      isWithin(session.totalCostNanoUsd, filter.minCostNanoUsd, filter.maxCostNanoUsd) &&
      isWithin(duration, filter.minDurationMs, filter.maxDurationMs) &&
      (filter.tag === undefined || tags[filter.tag.key] === filter.tag.value) &&
      isEqual(filter.incomplete, one.incomplete) &&
      isEqual(filter.quiet, isQuiet) &&
      hasWords(session.goal, filter.words)
    );
  });
}

function hasWords(goal: string | null, words: readonly string[] | undefined): boolean {
  if (words === undefined) return true;
  const known = goalWords(goal ?? '').split(' ');
  return words.length > 0 && words.every((word) => known.some((one) => one.startsWith(word)));
}

function isOneOf<T>(wanted: readonly T[] | undefined, found: T | null): boolean {
  return wanted === undefined || (found !== null && wanted.includes(found));
}

function isEqual<T>(wanted: T | undefined, found: unknown): boolean {
  return wanted === undefined || wanted === found;
}

function isWithin<T extends number | bigint>(found: T | null, min?: T, max?: T): boolean {
  if (min === undefined && max === undefined) return true;
  return (
    found !== null && (min === undefined || found >= min) && (max === undefined || found <= max)
  );
}

function durationOf({ session }: SessionSummary, nowMs: number): number {
  return (session.endedAtMs ?? nowMs) - session.startedAtMs;
}

function sortValue(one: SessionSummary, sort: SessionSort, nowMs: number): number | bigint {
  if (sort.endsWith('cost')) return one.session.totalCostNanoUsd;
  if (sort.endsWith('errors')) return one.session.errorCount;
  if (sort.endsWith('duration')) return durationOf(one, nowMs);
  return one.session.startedAtMs;
}

function compare<T extends number | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareIds(a: SessionSummary, b: SessionSummary): number {
  return a.session.id < b.session.id ? -1 : a.session.id > b.session.id ? 1 : 0;
}
