import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { FollowSession, StreamQuery } from '@niitaka/protocol/live.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../authenticate.ts';
import { idParam } from '../id-param.ts';
import { parseInput } from '../parse-input.ts';
import { HttpProblem } from '../problem.ts';
import { openStreamSink } from '../stream-sink.ts';

const streamsPerBrowser = 10;
const streamsPerKey = 2000;

/** `/stream`: server-sent events of what changes, resumable by the id of the last message. */
export async function streamRoutes(app: FastifyInstance, parts: AppParts): Promise<void> {
  const { live, newId, clock, metrics } = parts;
  metrics.gauge('niitaka_streams', 'Open live streams', () => live.size);

  app.get('/stream', { config: { access: 'read', readsQuery: true } }, async (request, reply) => {
    const caller = callerOf(request);
    const query = parseInput(StreamQuery, request.query, 'query');
    const streamId = newId();
    const response = beginStream(request, reply);
    response.on('close', () => live.closed(streamId));
    await live.open({
      streamId,
      orgId: caller.orgId,
      owner: caller.streamOwner,
      holderId: caller.holderId,
      limit: caller.sessionHash === null ? streamsPerKey : streamsPerBrowser,
      topics: {
        sessions: query.topics.includes('sessions'),
        signals: query.topics.includes('signals'),
      },
      sessionId: query.session_id?.toLowerCase() ?? null,
      lastId: lastIdOf(request, query.last_event_id),
      sink: openStreamSink(response, clock, () => metrics.slowStreams.add(1)),
    });
    return reply;
  });

  app.patch('/stream/:stream_id', { config: { access: 'read' } }, async (request, reply) => {
    const body = parseInput(FollowSession, request.body, 'body');
    const streamId = idParam(request, 'stream_id');
    const sessionId = body.session_id?.toLowerCase() ?? null;
    const found = await live.follow(streamId, callerOf(request).streamOwner, sessionId);
    if (!found) throw new HttpProblem('not_found', `There is no open stream ${streamId}`);
    return reply.code(204).send();
  });
}

/** The body ends with the connection: without chunks, a message for many streams is the same bytes. */
function beginStream(request: FastifyRequest, reply: FastifyReply): FastifyReply['raw'] {
  reply.hijack();
  const response = reply.raw;
  response.useChunkedEncodingByDefault = false;
  response.shouldKeepAlive = false;
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
    'request-id': request.id,
    connection: 'close',
  });
  response.flushHeaders();
  response.socket?.setNoDelay(true);
  return response;
}

function lastIdOf(request: FastifyRequest, inQuery: string | undefined): string | null {
  const header = request.headers['last-event-id'];
  const text = typeof header === 'string' && header !== '' ? header : inQuery;
  return text === undefined || text === '' ? null : text;
}
