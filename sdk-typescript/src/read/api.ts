import { checkUuid, readTime } from '../session/check-arguments.ts';
import { wireTime } from '../transport/wire-time.ts';
import { toCamelCase } from './camel-case.ts';
import { ServerError } from './errors.ts';
import { getJson, type Query } from './get-json.ts';
import type { EventRow, SessionRow, SignalRow } from './rows.ts';

export type { EventRow, SessionRow, SignalRow } from './rows.ts';

/** Rows asked for at once; the server gives at most 500. */
const pageSize = 200;
/** Pages of one list: 20 million rows. */
const pageLimit = 100_000;

/** Which sessions are wanted; what is left out does not matter. Lists mean "one of". */
export interface SessionFilter {
  readonly agentId?: string | readonly string[];
  readonly status?: SessionRow['status'] | readonly SessionRow['status'][];
  readonly environment?: string | readonly string[];
  /** Started at or after: a `Date` or milliseconds since the epoch. */
  readonly startedAfter?: Date | number;
  /** Started before: a `Date` or milliseconds since the epoch. */
  readonly startedBefore?: Date | number;
  /** Words of the goal, each as a prefix. */
  readonly search?: string;
  readonly parentSessionId?: string;
  readonly rootOnly?: boolean;
  readonly hasErrors?: boolean;
  readonly goalCompleted?: boolean;
  /** US dollars. */
  readonly minCost?: number;
  /** US dollars. */
  readonly maxCost?: number;
  readonly experimentId?: string;
  readonly variant?: string;
  readonly userId?: string;
  readonly conversationId?: string;
  readonly incomplete?: boolean;
  /** Newest start first when left out. */
  readonly sort?: `${'' | '-'}${'started_at' | 'cost' | 'duration' | 'errors'}`;
}

/**
 * Every session that fits, over all pages, read as it is consumed. Throws a `NiitakaError` where a page cannot be
 * read.
 * @example for await (const s of api.listSessions({ agentId: 'report-summariser' })) if (s.errorCount > 0) failed.push(s);
 */
export function listSessions(filter: SessionFilter = {}): AsyncGenerator<SessionRow, void> {
  return pages<SessionRow>('/sessions', sessionQuery(filter));
}

/** One session whole. Throws `NotFoundError` when there is none of this id. */
export async function getSession(sessionId: string): Promise<SessionRow> {
  checkUuid(sessionId, 'sessionId');
  return toCamelCase(await getJson(`/sessions/${sessionId}`, {})) as SessionRow;
}

/** The children of a session, over all pages. */
export function listChildren(sessionId: string): AsyncGenerator<SessionRow, void> {
  checkUuid(sessionId, 'sessionId');
  return pages<SessionRow>('/sessions', { parent_session_id: sessionId });
}

/** Every event of a session in the order of arrival, over all pages. */
export async function* listEvents(sessionId: string): AsyncGenerator<EventRow, void> {
  checkUuid(sessionId, 'sessionId');
  let after: number | undefined;
  for (let page = 0; page < pageLimit; page += 1) {
    const query = { limit: pageSize, after };
    const answer = await readPage(`/sessions/${sessionId}/events`, query);
    yield* answer.items.map((item) => toCamelCase(item) as EventRow);
    if (typeof answer.next_after !== 'number') return;
    after = answer.next_after;
  }
}

/** Every signal of a session. */
export async function* listSignals(sessionId: string): AsyncGenerator<SignalRow, void> {
  checkUuid(sessionId, 'sessionId');
  yield* pages<SignalRow>(`/sessions/${sessionId}/signals`, {}, false);
}

async function* pages<Row>(path: string, query: Query, isPaged = true): AsyncGenerator<Row, void> {
  let cursor: string | undefined;
  for (let page = 0; page < pageLimit; page += 1) {
    const limits = isPaged ? { limit: pageSize, cursor } : {};
    const answer = await readPage(path, { ...query, ...limits });
    yield* answer.items.map((item) => toCamelCase(item) as Row);
    if (!isPaged || typeof answer.next_cursor !== 'string') return;
    cursor = answer.next_cursor;
  }
}

interface Page {
  readonly items: readonly unknown[];
  readonly next_cursor?: unknown;
  readonly next_after?: unknown;
}

async function readPage(path: string, query: Query): Promise<Page> {
  const answer = await getJson(path, query);
  const isPage = typeof answer === 'object' && answer !== null && 'items' in answer;
  if (isPage && Array.isArray(answer.items)) return answer as Page;
  throw new ServerError(`Cannot read ${path}: the answer is no page of items`, 200);
}

function sessionQuery(filter: SessionFilter): Query {
  const { startedAfter, startedBefore } = filter;
  return {
    agent_id: list(filter.agentId),
    status: list(filter.status),
    environment: list(filter.environment),
    from: startedAfter === undefined ? undefined : wireTime(readTime(startedAfter, 'startedAfter')),
    to:
      startedBefore === undefined ? undefined : wireTime(readTime(startedBefore, 'startedBefore')),
    q: filter.search,
    parent_session_id: filter.parentSessionId,
    root_only: filter.rootOnly,
    has_errors: filter.hasErrors,
    goal_completed: filter.goalCompleted,
    min_cost: filter.minCost,
    max_cost: filter.maxCost,
    experiment_id: filter.experimentId,
    variant: filter.variant,
    user_id: filter.userId,
    conversation_id: filter.conversationId,
    incomplete: filter.incomplete,
    sort: filter.sort,
  };
}

function list(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'object' ? value.join(',') : value;
}
