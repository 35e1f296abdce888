import type { SearchParams } from '../../../lib/url/search-params.ts';
import { allEnvironments, defaultEnvironment } from '../../../lib/url/environment.ts';
import { parseBounds, type Bounds } from './bounds.ts';

export type SessionStatus = 'running' | 'done' | 'stale';

/** The orders of the list. */
export const sortNames = [
  '-started_at',
  'started_at',
  '-cost',
  'cost',
  '-duration',
  'duration',
  '-errors',
  'errors',
] as const;

export type SessionSort = (typeof sortNames)[number];

/** What the list is narrowed to, besides the range of time. */
export interface SessionFilters {
  readonly environment: string | null;
  readonly status: readonly SessionStatus[];
  readonly agents: readonly string[];
  readonly q: string;
  readonly hasErrors: boolean | null;
  readonly goalCompleted: boolean | null;
  readonly score: Bounds | null;
  readonly cost: Bounds | null;
  readonly durationMs: Bounds | null;
  readonly experiments: readonly string[];
  readonly variants: readonly string[];
  readonly users: readonly string[];
  readonly conversations: readonly string[];
  readonly tag: string | null;
  readonly incomplete: boolean;
  readonly quiet: boolean;
}

/** Reads the filters of a URL; what cannot be understood counts as absent. */
export function filtersOf(search: SearchParams): SessionFilters {
  return {
    environment: environmentOf(search['env']),
    status: listOf(search['status']).filter(isStatus),
    agents: listOf(search['agent']),
    q: search['q'] ?? '',
    hasErrors: search['errors'] === 'yes' ? true : search['errors'] === 'no' ? false : null,
    goalCompleted: search['goal'] === 'met' ? true : search['goal'] === 'missed' ? false : null,
    score: parseBounds(search['score']),
    cost: parseBounds(search['cost']),
    durationMs: parseBounds(search['duration']),
    experiments: listOf(search['experiment']),
    variants: listOf(search['variant']),
    users: listOf(search['user']),
    conversations: listOf(search['conversation']),
    tag: /^[\w.-]{1,64}:/.test(search['tag'] ?? '') ? (search['tag'] ?? null) : null,
    incomplete: search['incomplete'] === 'yes',
    quiet: search['quiet'] === 'yes',
  };
}

/** The order a URL names; the newest first otherwise. */
export function sortOf(search: SearchParams): SessionSort {
  return sortNames.find((name) => name === search['sort']) ?? '-started_at';
}

/** The filter keys of the URL that one click clears. */
export const filterKeys = [
  'status',
  'agent',
  'q',
  'errors',
  'goal',
  'score',
  'cost',
  'duration',
  'experiment',
  'variant',
  'user',
  'conversation',
  'tag',
  'incomplete',
  'quiet',
] as const;

/** A query with every filter off; range, environment, order and columns stay. */
export function withoutFilters(search: SearchParams): SearchParams {
  return { ...search, ...Object.fromEntries(filterKeys.map((key) => [key, undefined])) };
}

/** Whether any filter is on. */
export function isFiltered(search: SearchParams): boolean {
  return filterKeys.some((key) => search[key] !== undefined);
}

/** A list as the URL keeps it; undefined when it is empty. */
export function listText(values: readonly string[]): string | undefined {
  return values.length === 0 ? undefined : values.join(',');
}

function environmentOf(env: string | undefined): string | null {
  return env === allEnvironments ? null : (env ?? defaultEnvironment);
}

function listOf(text: string | undefined): string[] {
  return (text ?? '').split(',').filter((part) => part !== '');
}

function isStatus(text: string): text is SessionStatus {
  return text === 'running' || text === 'done' || text === 'stale';
}
