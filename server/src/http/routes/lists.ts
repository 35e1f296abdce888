import type { FastifyInstance } from 'fastify';
import { ReadSignals, type UnreadSignals } from '@niitaka/protocol/signal.ts';
import { SignalListQuery } from '@niitaka/protocol/session-query.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../authenticate.ts';
import type { Caller } from '../caller.ts';
import { timeToWireOrNull } from '../map-access.ts';
import type { Reader } from '../../storage/reader.ts';
import { signalToWire } from '../map-signal.ts';
import { parseInput } from '../parse-input.ts';
import { HttpProblem, problemOf } from '../problem.ts';
import { timeIn, timeOf } from '../session-filter.ts';
import { momentOf, nextMoment } from './session-parts.ts';

/** Environments listed at most. */
const environmentLimit = 200;

/** `/environments`, `/signals`: what filters offer, and the feed. */
export async function listRoutes(app: FastifyInstance, parts: AppParts): Promise<void> {
  const { storage, run } = parts;
  const { reader } = storage;
  const read = { config: { access: 'read' } } as const;
  const readBy = { config: { access: 'read', readsQuery: true } } as const;

  app.get('/environments', read, async (request) => ({
    items: await reader.environments(callerOf(request).orgId, environmentLimit),
  }));

  app.get('/signals', readBy, async (request) => {
    const query = parseInput(SignalListQuery, request.query, 'query');
    const { limit, cursor } = query;
    const filter = {
      types: query.type,
      withoutSubtypes: query.without_subtype,
      agentIds: query.agent_id,
      environments: query.environment,
      fromMs: timeOf('from', query.from),
      toMs: timeOf('to', query.to),
    };
    const { orgId } = callerOf(request);
    const rows = await reader.signals(orgId, filter, momentOf(cursor), limit + 1);
    const next_cursor = nextMoment(rows, limit);
    const items = rows.slice(0, limit).map(signalToWire);
    return { items, next_cursor, ...(await unreadOf(reader, callerOf(request))) };
  });

  app.post('/signals/read', read, async (request): Promise<UnreadSignals> => {
    const { until } = parseInput(ReadSignals, request.body, 'body');
    const { orgId, actor, person } = callerOf(request);
    if (person === null) {
      const detail = 'Only people keep what they have read: sign in by a link, not with a key';
      throw new HttpProblem('forbidden', detail);
    }
    const untilMs = timeIn('body', 'until', until);
    const ran = await run('mark-signals-read', { orgId, actor, personId: person.id, untilMs });
    if (!ran.ok) throw problemOf(ran.failure);
    return unreadOf(reader, callerOf(request));
  });
}

/** Unread signals are counted to this. */
const unreadLimit = 1_000;

async function unreadOf(reader: Reader, { orgId, person }: Caller): Promise<UnreadSignals> {
  const mark = person === null ? null : await reader.readMark(orgId, person.id, unreadLimit);
  return { unread: mark?.unread ?? null, read_until: timeToWireOrNull(mark?.untilMs ?? null) };
}
