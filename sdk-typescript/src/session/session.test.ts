import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { decision, startSession, testing, type Session } from '../index.ts';

let captured: testing.Capture;

beforeEach(() => {
  vi.stubEnv('NIITAKA_ENV', '');
  vi.stubEnv('NIITAKA_STRICT', '');
  captured = testing.capture();
});

afterEach(() => {
  captured.stop();
  vi.unstubAllEnvs();
});

const starts = () => captured.records.filter(({ kind }) => kind === 'session.start');
const kinds = () => captured.records.map(({ kind }) => kind);
const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('startSession()', () => {
  test('starts, ends, and answers what the function answers (S1)', async () => {
    const answer = await startSession({ goal: 'Summarise', agentId: 'summariser' }, (session) => {
      expect(session.sessionId).toMatch(uuidV7);
      expect(String(session)).toBe(session.sessionId);
      expect(session.isEnded).toBe(false);
      expect(session.totalCost).toBe(0);
      return 42;
    });
    expect(answer).toBe(42);
    const [start, end] = captured.records;
    const id = start?.['session_id'];
    expect(start).toEqual({
      kind: 'session.start',
      session_id: id,
      agent_id: 'summariser',
      goal: 'Summarise',
      started_at: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/) as string,
    });
    expect(end).toMatchObject({ kind: 'session.end', session_id: id, last_seq: 0 });
  });

  test('sends every field under its wire name', async () => {
    const sessionId = '01890A5D-AC96-774B-BCCE-B302099A8057';
    await startSession(
      {
        sessionId,
        parentSessionId: sessionId,
        experimentId: 'e',
        variant: 'b',
        environment: 'staging',
        agentVersion: '3',
        userId: 'u',
        conversationId: 'c',
        tags: { plan: 'pro' },
        metadata: { nested: { deep: [1, null] } },
      },
      () => {},
    );
    expect(captured.records[0]).toMatchObject({
      session_id: sessionId.toLowerCase(),
      parent_session_id: sessionId.toLowerCase(),
      experiment_id: 'e',
      variant: 'b',
      environment: 'staging',
      agent_version: '3',
      user_id: 'u',
      conversation_id: 'c',
      tags: { plan: 'pro' },
      metadata: { nested: { deep: [1, null] } },
    });
  });

  test('takes the environment of configure, else of NIITAKA_ENV (S10)', async () => {
    captured.stop();
    vi.stubEnv('NIITAKA_ENV', 'from-env');
    captured = testing.capture();
    await startSession({}, () => {});
    expect(starts()[0]?.['environment']).toBe('from-env');
    captured.stop();
    captured = testing.capture({ environment: 'configured' });
    await startSession({}, () => {});
    expect(starts()[0]?.['environment']).toBe('configured');
  });

  test('records an exception once, ends, and passes the very object on (S2, E1)', async () => {
    const thrown = new RangeError('out of range');
    const run = startSession({ goal: 'outer' }, () =>
      startSession({ goal: 'inner' }, () => {
        throw thrown;
      }),
    );
    await expect(run).rejects.toBe(thrown);
    const [event, ...more] = captured.events('error');
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      session_id: starts()[1]?.['session_id'],
      level: 'error',
      data: { kind: 'exception', message: 'out of range', exception_type: 'RangeError' },
    });
    expect(event).toMatchObject({ data: { stack: expect.stringMatching(/^ +at /) as string } });
    expect(kinds().filter((kind) => kind === 'session.end').length).toBe(2);
  });

  test.each([
    ['agentId', { agentId: '' }, 'agentId must be 1 to 128 characters: got ""'],
    ['agentId', { agentId: 'a'.repeat(129) }, 'agentId must be 1 to 128 characters: got "aaaa'],
    [
      'agentId',
      { agentId: '..' },
      'agentId must hold no control characters and not be "." or ".."',
    ],
    ['agentId', { agentId: 'a\nb' }, 'agentId must hold no control characters'],
    ['sessionId', { sessionId: 'x' }, 'sessionId must be a UUID: got "x"'],
    ['parentSessionId', { parentSessionId: '7' }, 'parentSessionId must be a UUID: got "7"'],
  ])('refuses a bad %s with a TypeError (A1)', async (_name, options, message) => {
    await expect(startSession(options, () => {})).rejects.toThrow(TypeError);
    await expect(startSession(options)).rejects.toThrow(message);
    expect(captured.records).toEqual([]);
  });

  test('takes 128 characters, counted as code points (A1)', async () => {
    await startSession({ agentId: '東'.repeat(64) + '🗻'.repeat(64) }, () => {});
    expect(kinds()).toEqual(['session.start', 'session.end']);
  });

  test('leaves bad tags out with a warning', async () => {
    const many = Object.fromEntries(Array.from({ length: 25 }, (_, at) => [`k${at}`, 'v']));
    await startSession({ tags: { 'bad key': 'v', ...many } }, () => {});
    expect(Object.keys(starts()[0]?.['tags'] as object).length).toBe(20);
    expect(captured.warnings).toEqual([
      `Tag left out: its key must be 1 to 64 of a-z A-Z 0-9 _ . -: got "bad key"`,
    ]);
  });
});

describe('Session.event()', () => {
  const record = async (use: (session: Session) => void) => {
    await startSession({}, use);
    return captured.events();
  };

  test('numbers records of one session from 1 (D1)', async () => {
    const events = await record((session) => {
      session.event('log');
      session.event('llm', { name: 'gpt', data: { model: 'm', input_tokens: 3 } });
    });
    expect(events.map((event) => event['seq'])).toEqual([1, 2]);
    expect(events[1]).toMatchObject({
      type: 'llm',
      name: 'gpt',
      data: { model: 'm', input_tokens: 3 },
    });
    expect(captured.records.at(-1)).toMatchObject({ kind: 'session.end', last_seq: 2 });
  });

  test('takes Date and epoch milliseconds, and is finished either way', async () => {
    const startedAt = new Date('2026-01-02T03:04:05.006Z');
    const [both, one] = await record((session) => {
      session.event('tool', { startedAt, endedAt: startedAt.getTime() + 1000 });
      session.event('tool', { startedAt: Date.now() + 60_000 });
    });
    expect(both).toMatchObject({
      kind: 'event',
      started_at: '2026-01-02T03:04:05.006Z',
      ended_at: '2026-01-02T03:04:06.006Z',
    });
    expect(one?.['ended_at']).toBe(one?.['started_at']);
  });

  test('links to its parent', async () => {
    const [first, second] = await record((session) => {
      const parent = session.event('llm');
      session.event('tool', { parent });
    });
    expect(second?.['parent_event_id']).toBe(first?.['event_id']);
  });

  test.each([
    [() => ['span', {}], 'type must be one of llm, tool, decision, error, log: got "span"'],
    [
      () => ['log', { startedAt: Number.NaN }],
      'startedAt must be a Date or milliseconds since 1970: got NaN',
    ],
    [
      () => ['log', { endedAt: new Date('x') }],
      'endedAt must be a Date or milliseconds since the epoch',
    ],
    [() => ['log', { parent: 'p' }], 'parent must be a UUID: got "p"'],
  ])('refuses bad arguments at the call', async (args, message) => {
    const session = await startSession();
    const [type, options] = args() as Parameters<Session['event']>;
    expect(() => session.event(type, options)).toThrow(new RegExp(`^.*${message.slice(0, 40)}`));
    session.end();
  });

  test('goes to its session also after the end, and the ledger tells (S5)', async () => {
    const session = await startSession();
    session.end();
    session.event('log');
    expect(captured.events()[0]).toMatchObject({ session_id: session.sessionId, seq: 1 });
  });
});

describe('Session.decision() and decision()', () => {
  test('say choice, kind, options and reason', async () => {
    await startSession({}, (session) => {
      session.decision('billing', {
        kind: 'route',
        options: ['billing', 'tech'],
        reason: 'invoice',
      });
      decision('retry');
    });
    expect(captured.events('decision').map(({ data }) => data)).toEqual([
      { choice: 'billing', kind: 'route', options: ['billing', 'tech'], reason: 'invoice' },
      { choice: 'retry' },
    ]);
  });

  test('outside any session go to none', () => {
    expect(decision('lost')).toBe(null);
    expect(decision('lost')).toBe(null);
    expect(captured.records).toEqual([]);
    expect(captured.warnings).toEqual([
      'decision() was called outside a session: it is not recorded. Wrap it in startSession().',
    ]);
  });
});

describe('Session.error()', () => {
  test('answers null for an object that has its event', async () => {
    await startSession({}, (session) => {
      const error = new Error('once');
      expect(session.error(error)).toMatch(uuidV7);
      expect(session.error(error)).toBe(null);
    });
    expect(captured.events('error').length).toBe(1);
  });

  test('takes anything that can be thrown', async () => {
    await startSession({}, (session) => {
      for (const thrown of ['text', null, undefined, 7, Symbol('s'), { message: 'm' }]) {
        session.error(thrown);
      }
    });
    const messages = captured
      .events('error')
      .map(({ data }) => (data as { message: string }).message);
    expect(messages).toEqual(['text', 'null', 'undefined', '7', 'Symbol(s)', 'm']);
  });

  test('tells the kind by status and cause (E2)', async () => {
    await startSession({}, (session) => {
      session.error(Object.assign(new Error('slow down'), { status: 429 }));
      session.error(
        new TypeError('fetch failed', {
          cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }),
        }),
      );
      session.error(new DOMException('stopped', 'AbortError'));
    });
    const told = captured.events('error').map(({ data }) => (data as { kind: string }).kind);
    expect(told).toEqual(['rate_limit', 'connection', 'cancelled']);
  });
});
