import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openServer, type TestServer } from '../testing/open-server.ts';
import { openStream, type StreamClient, type StreamMessage } from '../testing/open-stream.ts';
import { eventId, sessionId } from '../testing/records.ts';

let server: TestServer;
let streams: StreamClient[] = [];

beforeAll(async () => {
  server = await openServer();
  const started_at = new Date().toISOString();
  const start = (number: number) => ({
    kind: 'session.start',
    session_id: sessionId(number),
    started_at,
  });
  await send(start(1), start(2), ...[1, 2, 3, 4, 5].map((number) => log(1, number)));
});

afterAll(() => server.close());

afterEach(() => {
  for (const stream of streams) stream.close();
  streams = [];
});

async function listen(query: string): Promise<StreamClient> {
  const stream = await openStream(server.url, { 'x-api-key': server.key }, query);
  streams.push(stream);
  return stream;
}

async function send(...records: object[]): Promise<void> {
  const answer = await server.ask('POST', '/api/v1/ingest', { body: { records } });
  expect(answer.json.rejected).toEqual([]);
}

function log(session: number, number: number) {
  const at = new Date().toISOString();
  return {
    kind: 'event',
    session_id: sessionId(session),
    event_id: eventId(session * 1_000 + number),
    type: 'log',
    started_at: at,
    ended_at: at,
    data: { message: `line ${number}` },
  };
}

const isHello = ({ event }: StreamMessage) => event === 'hello';
const isEvent =
  (session: number, number: number) =>
  ({ event, text }: StreamMessage) =>
    event === 'event' && JSON.parse(text).event.event_id === eventId(session * 1_000 + number);

describe('a stream that was turned to another session', () => {
  test('is told its place there, and resumes from it without a hole', async () => {
    const stream = await listen(`?session_id=${sessionId(1)}`);
    const { stream_id } = JSON.parse((await stream.until(isHello)).text);
    const first = stream.lastId;
    const body = { session_id: sessionId(2) };
    await server.ask('PATCH', `/api/v1/stream/${stream_id}`, { body });
    const again = await stream.until((message) => isHello(message) && message.id !== first);
    expect(JSON.parse(again.text).stream_id).toBe(stream_id);
    stream.close();
    await send(log(2, 1));
    const resumed = await listen(`?session_id=${sessionId(2)}&last_event_id=${again.id}`);
    await resumed.until(isEvent(2, 1));
    expect(resumed.messages.map(({ event }) => event)).not.toContain('reset');
  });
});

test('an id with a place in another session makes the page reload instead of leaving a hole', async () => {
  const stream = await listen(`?session_id=${sessionId(1)}`);
  await stream.until(isHello);
  const { lastId } = stream;
  stream.close();
  const other = await listen(`?session_id=${sessionId(2)}&last_event_id=${lastId}`);
  await other.until(({ event }) => event === 'reset');
  await send(log(2, 2));
  await other.until(isEvent(2, 2));
});

test('an id without a place takes up the events from now on, and what changed since', async () => {
  const stream = await listen('');
  await stream.until(isHello);
  const { lastId } = stream;
  stream.close();
  await send(log(1, 9));
  const other = await listen(`?session_id=${sessionId(2)}&last_event_id=${lastId}`);
  await other.until(
    ({ event, text }) => event === 'session' && JSON.parse(text).id === sessionId(1),
  );
  await send(log(2, 3));
  await other.until(isEvent(2, 3));
  expect(other.messages.map(({ event }) => event)).not.toContain('reset');
});
