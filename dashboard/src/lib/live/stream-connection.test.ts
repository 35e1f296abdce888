import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LiveNotice } from './live-notice.ts';
import { StreamConnection } from './stream-connection.ts';

class ScriptedSource extends EventTarget {
  readonly url: string;
  closed = false;

  constructor(url: string) {
    super();
    this.url = url;
  }

  close(): void {
    this.closed = true;
  }

  say(name: string, data: unknown, lastEventId = ''): void {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data), lastEventId }));
  }
}

let sources: ScriptedSource[] = [];
let notices: LiveNotice[] = [];

function connect(
  lastId = '',
  followed: string | null = null,
): { stream: StreamConnection; source: () => ScriptedSource } {
  const stream = new StreamConnection({
    lastId,
    followed,
    onNotice: (notice) => notices.push(notice),
    open: (url) => {
      const source = new ScriptedSource(url);
      sources.push(source);
      return source as unknown as EventSource;
    },
  });
  return { stream, source: () => sources.at(-1) ?? new ScriptedSource('none') };
}

function states(): string[] {
  return notices.flatMap((notice) => (notice.kind === 'status' ? [notice.state] : []));
}

function polls(): number {
  return notices.filter((notice) => notice.kind === 'poll').length;
}

beforeEach(() => {
  vi.useFakeTimers();
  sources = [];
  notices = [];
});

afterEach(() => {
  vi.useRealTimers();
});

test('StreamConnection is live at once when nothing came before', () => {
  const { source } = connect();
  source().dispatchEvent(new Event('open'));
  source().say('hello', { revision: 4, stream_id: 's' }, '4');
  expect(states()).toEqual(['live']);
});

test('StreamConnection is live once the server has said all it held back', () => {
  const { source } = connect('3');
  source().say('hello', { revision: 4, stream_id: 's' });
  vi.advanceTimersByTime(699);
  source().say('deleted', { id: 'a' }, '5');
  vi.advanceTimersByTime(699);
  expect(states()).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(states()).toEqual(['live']);
});

test('StreamConnection resumes after a cut with the last id it saw', () => {
  const { source } = connect('3');
  expect(source().url).toBe('/api/v1/stream?topics=sessions%2Csignals&last_event_id=3');
  source().say('deleted', { id: 'a' }, '9');
  source().dispatchEvent(new Event('error'));
  expect(source().closed).toBe(true);
  vi.advanceTimersByTime(1_000);
  expect(sources.length).toBe(2);
  expect(source().url).toContain('last_event_id=9');
});

test('StreamConnection polls after three failures in a row, and stops when it is live again', () => {
  const { source } = connect();
  for (let failure = 0; failure < 3; failure += 1) {
    source().dispatchEvent(new Event('error'));
    vi.advanceTimersByTime(4_000);
  }
  expect(states()).toEqual(['polling']);
  vi.advanceTimersByTime(5_000);
  const before = polls();
  expect(before).toBeGreaterThan(0);
  source().dispatchEvent(new Event('open'));
  vi.advanceTimersByTime(700);
  expect(states()).toEqual(['polling', 'live']);
  const settled = polls();
  vi.advanceTimersByTime(20_000);
  expect(polls()).toBe(settled);
});

test('StreamConnection waits a minute when the server says it holds too many streams', () => {
  const { source } = connect();
  source().say('limit', { limit: 10, detail: 'too many' });
  expect(source().closed).toBe(true);
  vi.advanceTimersByTime(59_999);
  expect(sources.length).toBe(1);
  vi.advanceTimersByTime(1);
  expect(sources.length).toBe(2);
});

test('StreamConnection ends for good at bye', () => {
  const { source } = connect();
  source().say('bye', { reason: 'sign_out' });
  vi.advanceTimersByTime(120_000);
  expect(source().closed).toBe(true);
  expect(sources.length).toBe(1);
  expect(notices.at(-1)).toMatchObject({ kind: 'update', name: 'bye' });
});

test('StreamConnection opens with the session to follow, and follows another on the same stream', async () => {
  const first = '11111111-1111-4111-8111-111111111111';
  const asked: string[] = [];
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    asked.push(`${init.method} ${url} ${String(init.body)}`);
    return Promise.resolve(new Response(null, { status: 204 }));
  });
  const { stream, source } = connect('3', first);
  expect(source().url).toContain(`session_id=${first}`);
  stream.follow('b');
  expect(asked).toEqual([]);
  source().say('hello', { revision: 4, stream_id: 's' });
  expect(asked).toEqual(['PATCH /api/v1/stream/s {"session_id":"b"}']);
  stream.follow('b');
  stream.follow(null);
  expect(asked.length).toBe(2);
  expect(sources.length).toBe(1);
  stream.close();
  vi.unstubAllGlobals();
});

test('StreamConnection begins anew at its place when the network changed', () => {
  const { stream, source } = connect('3');
  source().say('hello', { revision: 4, stream_id: 's' }, '4');
  const before = source();
  stream.renew();
  vi.advanceTimersByTime(1);
  expect(before.closed).toBe(true);
  expect(source().url).toContain('last_event_id=4');
  source().say('hello', { revision: 4, stream_id: 't' });
  vi.advanceTimersByTime(700);
  expect(states()).toEqual(['live', 'catching-up', 'live']);
  stream.close();
  stream.renew();
  vi.advanceTimersByTime(10_000);
  expect(sources.length).toBe(2);
});
