import type { FastifyInstance } from 'fastify';
import type { SessionPage } from '@niitaka/protocol/session.ts';
import {
  ChildrenQuery,
  SessionHistogramQuery,
  SessionListQuery,
  SessionStatsQuery,
  SessionTreeQuery,
} from '@niitaka/protocol/session-query.ts';
import type { Reader } from '../../storage/reader.ts';
import type { ListPosition } from '../../storage/session-reader.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../authenticate.ts';
import { badCursor, cursorId, cursorNumber, readCursor, writeCursor } from '../cursor.ts';
import { idParam } from '../id-param.ts';
import { sessionDetailToWire, sessionToWire } from '../map-session.ts';
import { parseInput } from '../parse-input.ts';
import { HttpProblem } from '../problem.ts';
import { histogramOf, statsOf } from '../range-answers.ts';
import { hangUpOf, readerOf } from '../reader-of.ts';
import { filterOf } from '../session-filter.ts';

/** Levels of a tree that are shown below a node (S9). */
export const treeDepthLimit = 10;

/** `/sessions`: lists, tiles, histogram, one session, its children and tree. */
export async function sessionsRoutes(app: FastifyInstance, parts: AppParts): Promise<void> {
  const { clock, storage } = parts;
  const readBy = { config: { access: 'read', readsQuery: true } } as const;

  app.get('/sessions', readBy, (request, reply) =>
    listAnswer(
      readerOf(storage, reply),
      clock(),
      callerOf(request).orgId,
      parseInput(SessionListQuery, request.query, 'query'),
    ),
  );

  app.get('/sessions/stats', readBy, (request, reply) => {
    const query = parseInput(SessionStatsQuery, request.query, 'query');
    return statsOf(readerOf(storage, reply), callerOf(request).orgId, filterOf(query), clock());
  });

  app.get('/sessions/histogram', readBy, (request, reply) => {
    const { bucket, ...query } = parseInput(SessionHistogramQuery, request.query, 'query');
    const bucketMs = bucket === undefined ? undefined : bucket * 1000;
    const reader = readerOf(storage, reply);
    return histogramOf(reader, callerOf(request).orgId, filterOf(query), bucketMs, clock());
  });

  app.get('/sessions/:id', { config: { access: 'read' } }, async (request, reply) => {
    const id = idParam(request);
    const whole = await readerOf(storage, reply).sessionWhole(callerOf(request).orgId, id, clock());
    if (whole === null) throw noSession(id);
    return sessionDetailToWire(whole);
  });

  app.get('/sessions/:id/children', readBy, async (request, reply) => {
    const id = idParam(request);
    const reader = readerOf(storage, reply);
    const { orgId } = callerOf(request);
    const page = parseInput(ChildrenQuery, request.query, 'query');
    if ((await reader.sessionStatus(orgId, id)) === null) throw noSession(id);
    return listAnswer(reader, clock(), orgId, {
      ...page,
      sort: '-started_at',
      parent_session_id: id,
    });
  });

  app.get('/sessions/:id/tree', readBy, async (request, reply) => {
    const id = idParam(request);
    const { depth } = parseInput(SessionTreeQuery, request.query, 'query');
    const ready = storage.readyUntil(hangUpOf(reply.raw));
    const tree = await ready.sessionTreeJson(callerOf(request).orgId, id, depth, clock());
    if (tree === null) throw noSession(id);
    return reply.type('application/json; charset=utf-8').send(tree);
  });
}

/** The problem that a session does not exist, for this organisation. */
export function noSession(id: string): HttpProblem {
  return new HttpProblem('not_found', `There is no session ${id}`);
}

async function listAnswer(
  reader: Reader,
  nowMs: number,
  orgId: string,
  query: SessionListQuery,
): Promise<SessionPage> {
  const { sort, limit, cursor, ...filters } = query;
  const filter = filterOf(filters);
  const after = cursor === undefined ? null : positionOf(cursor, sort);
  const [page, total] = await Promise.all([
    reader.listSessions(orgId, { filter, sort, limit, after, nowMs }),
    reader.estimateSessions(orgId, filter, nowMs),
  ]);
  return {
    items: page.items.map(sessionToWire),
    next_cursor: page.next && cursorOf(page.next, sort),
    total_estimate: total,
  };
}

function cursorOf({ value, id, depth, nowMs }: ListPosition, sort: string): string {
  return writeCursor([sort, value, id, depth, nowMs]);
}

function positionOf(cursor: string, sort: string): ListPosition {
  const [ofSort, value, id, depth, nowMs] = readCursor(cursor, 5);
  if (ofSort !== sort) throw badCursor();
  return {
    value: cursorNumber(value),
    id: cursorId(id),
    depth: cursorNumber(depth),
    nowMs: cursorNumber(nowMs),
  };
}
