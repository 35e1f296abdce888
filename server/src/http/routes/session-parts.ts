import type { FastifyInstance, FastifyRequest } from 'fastify';
import { usdNumber } from '@niitaka/core/money/nano-usd.ts';
import type { EventBriefPage, EventPage } from '@niitaka/protocol/event.ts';
import type { SessionCost } from '@niitaka/protocol/session.ts';
import { EventListQuery, MomentListQuery } from '@niitaka/protocol/session-query.ts';
import type { Reader } from '../../storage/reader.ts';
import type { EventRequest, EventSummary, MomentPosition } from '../../storage/session-reader.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../authenticate.ts';
import { cursorId, cursorNumber, readCursor, writeCursor } from '../cursor.ts';
import { idParam } from '../id-param.ts';
import { timeToWire } from '../map-access.ts';
import { eventBriefToWire, eventToWire } from '../map-event.ts';
import { treeToWire } from '../map-session.ts';
import { signalToWire, traceToWire } from '../map-signal.ts';
import { parseInput } from '../parse-input.ts';
import { HttpProblem } from '../problem.ts';
import { readerOf } from '../reader-of.ts';
import { noSession } from './sessions.ts';

/** `/sessions/{id}/…`: the parts of the drawer. */
export async function sessionPartRoutes(app: FastifyInstance, parts: AppParts): Promise<void> {
  const { reader } = parts.storage;
  const read = { config: { access: 'read' } } as const;
  const readBy = { config: { access: 'read', readsQuery: true } } as const;

  app.get('/sessions/:id/events', readBy, async (request, reply) =>
    eventsAnswer(readerOf(parts.storage, reply), request),
  );

  app.get('/sessions/:id/events/:event_id', read, async (request) => {
    const id = idParam(request);
    const eventId = idParam(request, 'event_id');
    const { orgId } = callerOf(request);
    const running = await isRunning(reader, orgId, id);
    const row = await reader.event(orgId, id, eventId);
    if (row === null) {
      throw new HttpProblem('not_found', `There is no event ${eventId} in session ${id}`);
    }
    return eventToWire(row, running);
  });

  app.get('/sessions/:id/cost', read, async (request, reply) =>
    costAnswer(readerOf(parts.storage, reply), parts.clock(), request),
  );

  app.get('/sessions/:id/signals', readBy, async (request) => {
    const id = idParam(request);
    const { orgId } = callerOf(request);
    const { limit, cursor } = parseInput(MomentListQuery, request.query, 'query');
    await isRunning(reader, orgId, id);
    const rows = await reader.signals(orgId, { subjectId: id }, momentOf(cursor), limit + 1);
    return {
      items: rows.slice(0, limit).map(signalToWire),
      next_cursor: nextMoment(rows, limit),
    };
  });

  app.get('/sessions/:id/traces', readBy, async (request) => {
    const id = idParam(request);
    const { orgId } = callerOf(request);
    const { limit, cursor } = parseInput(MomentListQuery, request.query, 'query');
    await isRunning(reader, orgId, id);
    const rows = await reader.traces(orgId, id, momentOf(cursor), limit + 1);
    return {
      items: rows.slice(0, limit).map(traceToWire),
      next_cursor: nextMoment(rows, limit),
    };
  });
}

async function isRunning(reader: Reader, orgId: string, id: string): Promise<boolean> {
  const status = await reader.sessionStatus(orgId, id);
  if (status === null) throw noSession(id);
  return status === 'running';
}

async function eventsAnswer(
  reader: Reader,
  request: FastifyRequest,
): Promise<EventPage | EventBriefPage> {
  const id = idParam(request);
  const { orgId } = callerOf(request);
  const query = parseInput(EventListQuery, request.query, 'query');
  const running = await isRunning(reader, orgId, id);
  const asked = eventRequestOf(query);
  if (query.content === 'none') {
    const rows = (await reader.eventSummaries(orgId, id, asked)) ?? [];
    const items = rows.slice(0, query.limit).map((row) => eventBriefToWire(row, running));
    return { items, ...nextOf(query, rows) };
  }
  const rows = (await reader.events(orgId, id, asked)) ?? [];
  const items = rows.slice(0, query.limit).map((row) => eventToWire(row, running));
  return { items, ...nextOf(query, rows) };
}

/** Where a page of signals or traces begins. */
export function momentOf(cursor: string | undefined): MomentPosition | null {
  if (cursor === undefined) return null;
  const [atMs, id] = readCursor(cursor, 2);
  return { atMs: cursorNumber(atMs), id: cursorId(id) };
}

/** The cursor of the page after `rows`, one more of which was read than is shown. */
export function nextMoment(
  rows: readonly { readonly occurredAtMs: number; readonly id: string }[],
  limit: number,
): string | null {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return last === undefined ? null : writeCursor([last.occurredAtMs, last.id]);
}

function eventRequestOf(query: EventListQuery): EventRequest {
  return {
    order: query.order,
    afterPosition: query.order === 'position' ? (query.after ?? null) : null,
    afterTime: query.order === 'time' && query.cursor !== undefined ? placeOf(query.cursor) : null,
    types: query.types ?? null,
    q: query.q ?? null,
    limit: query.limit + 1,
  };
}

function placeOf(cursor: string): EventRequest['afterTime'] {
  const [startedAtMs, sender, seq, id] = readCursor(cursor, 4);
  return {
    startedAtMs: cursorNumber(startedAtMs),
    sender: sender === null ? null : cursorId(sender),
    seq: seq === null ? null : cursorNumber(seq),
    id: cursorId(id),
  };
}

function nextOf(
  query: EventListQuery,
  rows: readonly EventSummary[],
): { next_after: number | null; next_cursor: string | null } {
  const last = rows.length > query.limit ? rows[query.limit - 1] : undefined;
  if (last === undefined) return { next_after: null, next_cursor: null };
  if (query.order === 'position') return { next_after: last.position, next_cursor: null };
  const place = [last.startedAtMs, last.sender, last.seq ?? last.closeSeq, last.id];
  return { next_after: null, next_cursor: writeCursor(place) };
}

async function costAnswer(
  reader: Reader,
  nowMs: number,
  request: FastifyRequest,
): Promise<SessionCost> {
  const id = idParam(request);
  const { orgId } = callerOf(request);
  const [summary] = await reader.sessionSummaries(orgId, [id], nowMs);
  const parts = await reader.costParts(orgId, id);
  if (summary === undefined || parts === null) throw noSession(id);
  const { session, tree } = summary;
  const treeModels = tree === null ? [] : await reader.treeCostByModel(orgId, id);
  const money = (nanoUsd: bigint) => ({ cost: usdNumber(nanoUsd), cost_nano_usd: String(nanoUsd) });
  return {
    total_cost: usdNumber(session.totalCostNanoUsd),
    total_cost_nano_usd: String(session.totalCostNanoUsd),
    late_cost: usdNumber(session.lateCostNanoUsd),
    by_model: parts.byModel.map((row) => ({
      provider: row.provider,
      model: row.model,
      calls: row.calls,
      input_tokens: row.inputTokens,
      output_tokens: row.outputTokens,
      ...money(row.costNanoUsd),
      unpriced: row.unpriced,
    })),
    by_class: parts.byClass.map((row) => ({
      token_class: row.tokenClass,
      tokens: row.tokens,
      ...money(row.costNanoUsd),
    })),
    by_source: parts.bySource.map(({ source, calls, costNanoUsd }) => ({
      source,
      calls,
      cost: usdNumber(costNanoUsd),
    })),
    steps: parts.steps.map((step) => ({
      event_id: step.id,
      at: timeToWire(step.atMs),
      model: step.model,
      cost: usdNumber(step.costNanoUsd),
    })),
    unpriced: parts.unpriced.map((call) => ({
      event_id: call.id,
      at: timeToWire(call.atMs),
      model: call.model,
    })),
    tree: tree && treeToWire(tree),
    tree_by_model: treeModels.map(({ model, calls, costNanoUsd }) => ({
      model,
      calls,
      cost: usdNumber(costNanoUsd),
    })),
  };
}
