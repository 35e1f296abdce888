import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  attachSession,
  currentSession,
  decision,
  reportMetrics,
  startSession,
  testing,
  tool,
  type Session,
} from '../index.ts';

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

const kinds = () => captured.records.map(({ kind }) => kind);
const starts = () => captured.records.filter(({ kind }) => kind === 'session.start');
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
    ['agentId', { agentId: '' }, 'agentId must be 1 to 128 characters, got ""'],
    ['agentId', { agentId: 'a'.repeat(129) }, 'agentId must be 1 to 128 characters, got "aaaa'],
    [
      'agentId',
      { agentId: '..' },
      'agentId must hold no control characters and not be "." or ".."',
    ],
    ['agentId', { agentId: 'a\nb' }, 'agentId must hold no control characters'],
    ['sessionId', { sessionId: 'x' }, 'sessionId must be a UUID, got "x"'],
    ['parentSessionId', { parentSessionId: '7' }, 'parentSessionId must be a UUID, got "7"'],
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
      `Tag left out: its key must be 1 to 64 of a-z A-Z 0-9 _ . -, got "bad key"`,
    ]);
  });
});

describe('startSession() without a function', () => {
  test('lasts until it is disposed of', async () => {
    let id = '';
    {
      await using session = await startSession({ goal: 'scoped' });
      id = session.sessionId;
      expect(currentSession()?.sessionId).toBe(id);
      session.event('log');
    }
    expect(currentSession()).toBe(null);
    expect(kinds()).toEqual(['session.start', 'event', 'session.end']);
    expect(captured.records[2]).toMatchObject({ session_id: id, last_seq: 1 });
  });

  test('does not leak into runs that are started beside it', async () => {
    const run = async (goal: string) => {
      await using session = await startSession({ goal });
      await sleep(5);
      decision(goal);
      return session.sessionId;
    };
    const ids = await Promise.all(['a', 'b', 'c'].map(run));
    expect(starts().map((start) => start['parent_session_id'])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    const seen = captured
      .events('decision')
      .map((event) => [event['session_id'], (event['data'] as { choice: string }).choice]);
    expect(seen).toEqual(ids.map((id, at) => [id, ['a', 'b', 'c'][at]]));
    expect(currentSession()).toBe(null);
  });

  test('ends once, whatever is called after', async () => {
    const session = await startSession();
    session.end();
    session.end();
    await session[Symbol.asyncDispose]();
    expect(session.isEnded).toBe(true);
    expect(kinds()).toEqual(['session.start', 'session.end']);
  });
});

describe('child sessions', () => {
  test('take the current session for their parent, unless told (S9)', async () => {
    await startSession({ goal: 'root' }, async (root) => {
      await startSession({ goal: 'implicit' }, () => {});
      await startSession({ goal: 'null', parentSessionId: null }, () => {});
      await startSession({ goal: 'named', parentSessionId: root.sessionId }, () => {});
    });
    const [root, ...children] = starts();
    const id = root?.['session_id'];
    expect(children.map((child) => child['parent_session_id'])).toEqual([id, undefined, id]);
  });
});

describe('currentSession()', () => {
  test('follows promises, timers, microtasks and event emitters', async () => {
    const seen: (string | undefined)[] = [];
    const look = () => seen.push(currentSession()?.sessionId);
    const id = await startSession({}, async (session) => {
      await sleep(1);
      look();
      await Promise.all([sleep(1).then(look), Promise.resolve().then(look)]);
      await new Promise<void>((resolve) => {
        setImmediate(() => {
          look();
          queueMicrotask(() => {
            look();
            resolve();
          });
        });
      });
      return session.sessionId;
    });
    expect(seen).toEqual([id, id, id, id, id]);
    expect(currentSession()).toBe(null);
  });

  test('is another in parallel runs', async () => {
    const run = () =>
      startSession({}, async (session) => {
        await sleep(2);
        return currentSession()?.sessionId === session.sessionId;
      });
    expect(await Promise.all([run(), run(), run()])).toEqual([true, true, true]);
  });

  test('is what session.run() says', async () => {
    const session = await startSession();
    await startSession({}, () => {
      expect(session.run(() => currentSession()?.sessionId)).toBe(session.sessionId);
    });
    session.end();
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
    [() => ['span', {}], 'event type must be one of llm, tool, decision, error, log, got "span"'],
    [
      () => ['log', { startedAt: Number.NaN }],
      'startedAt must be a Date or milliseconds since the epoch, got NaN',
    ],
    [
      () => ['log', { endedAt: new Date('x') }],
      'endedAt must be a Date or milliseconds since the epoch',
    ],
    [() => ['log', { parent: 'p' }], 'parent must be a UUID, got "p"'],
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

describe('Session.setMetrics()', () => {
  const metricsOf = () =>
    captured.records.filter(({ kind }) => kind === 'session.metrics').map(({ metrics }) => metrics);

  test('spells the reserved keys for the wire, and keeps own ones (S7)', async () => {
    await startSession({}, (session) => {
      session.setMetrics({ goalCompleted: true, score: 0.5, myKey: 3 });
      session.reportMetrics({ score: undefined, ok: false });
    });
    expect(metricsOf()).toEqual([{ goal_completed: true, score: 0.5, myKey: 3 }, { ok: false }]);
  });

  test('leaves bad values out with one warning, and counts them (S7)', async () => {
    await startSession({}, (session) => {
      session.setMetrics({ score: 2, 'bad key': 1, nan: Number.NaN, fine: 1 });
      session.setMetrics({ score: -1 });
    });
    expect(metricsOf()).toEqual([{ fine: 1 }]);
    expect(captured.records.at(-1)).toMatchObject({ omitted: { metrics_refused: 4 } });
    expect(captured.warnings).toEqual([
      'Metrics left out: score must be a number from 0 to 1, got 2; ' +
        'metric name must be 1 to 64 of a-z A-Z 0-9 _ . -, got "bad key"; ' +
        'metric "nan" must be a finite number or true/false, got NaN',
    ]);
  });

  test('takes 10 own keys, not 11 (S7)', async () => {
    const eleven = Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`k${at}`, at]));
    await startSession({}, (session) => session.setMetrics({ ...eleven, score: 1 }));
    expect(Object.keys(metricsOf()[0] as object).length).toBe(11);
    expect(captured.warnings[0]).toContain('metric "k10" is one too many');
  });

  test('throws in strict mode (S7)', async () => {
    captured.stop();
    vi.stubEnv('NIITAKA_STRICT', '1');
    captured = testing.capture();
    const run = startSession({}, (session) => session.setMetrics({ score: 9 }));
    await expect(run).rejects.toThrow('score must be a number from 0 to 1, got 9');
  });
});

describe('reportMetrics()', () => {
  test('reports for a session that ran elsewhere, outside the ledger (S7)', () => {
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    reportMetrics(id, { goalCompleted: false });
    expect(captured.records).toEqual([
      {
        kind: 'session.metrics',
        session_id: id,
        metrics: { goal_completed: false },
        recorded_at: expect.any(String) as string,
      },
    ]);
  });

  test('refuses bad values at the call (S7)', () => {
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    expect(() => reportMetrics(id, { score: 3 })).toThrow('Cannot report metrics: score must be');
    expect(() => reportMetrics('x', {})).toThrow('sessionId must be a UUID');
  });
});

describe('attachSession()', () => {
  test('joins without a start, and closes as a sender (D1)', async () => {
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    await attachSession(id, (session) => {
      expect(currentSession()?.sessionId).toBe(id);
      session.event('log');
    });
    expect(kinds()).toEqual(['event', 'sender.close']);
    expect(captured.records[1]).toMatchObject({ session_id: id, last_seq: 1, dropped: {} });
    await expect(attachSession('x')).rejects.toThrow('sessionId must be a UUID');
  });

  test('parents what is started inside', async () => {
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    await using session = await attachSession(id);
    await startSession({}, () => {});
    expect(starts()[0]?.['parent_session_id']).toBe(session.sessionId);
  });
});

describe('tool()', () => {
  test('keeps name, length, this and answer', () => {
    const owner = {
      base: 2,
      add: tool('add', function add(this: { base: number }, a: number, b: number) {
        return this.base + a + b;
      }),
    };
    expect(owner.add(3, 4)).toBe(9);
    expect(owner.add.name).toBe('add');
    expect(owner.add.length).toBe(2);
  });

  test('refuses what is no function', () => {
    expect(() => tool('x', 7 as unknown as () => void)).toThrow(
      'tool "x" needs a function, got number',
    );
  });

  test('is one event with the time it took, and without content', async () => {
    const slow = tool('slow', async (ms: number) => {
      await sleep(ms);
      return 'secret';
    });
    await startSession({}, async () => {
      expect(await slow(20)).toBe('secret');
    });
    const [event, ...more] = captured.events();
    expect(more).toEqual([]);
    expect(event).toMatchObject({ type: 'tool', name: 'slow', data: {} });
    expect(event?.['latency_ms']).toBeGreaterThanOrEqual(19);
  });

  test('sends arguments and answer where content is captured', async () => {
    captured.stop();
    captured = testing.capture({ captureContent: true });
    const join = tool('join', (a: string, b: string) => a + b);
    const length = tool('length', (a: string) => a.length);
    await startSession({}, () => {
      join('a', 'b');
      length('abc');
    });
    expect(captured.events().map(({ data }) => data)).toEqual([
      { input: ['a', 'b'], output: 'ab' },
      { input: 'abc', output: 3 },
    ]);
  });

  test('that fails is one error event in its place, and no step (E1, E3)', async () => {
    const broken = tool('broken', () => {
      throw new Error('no');
    });
    const run = startSession({}, () => broken());
    await expect(run).rejects.toThrow('no');
    const [event, ...more] = captured.events();
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      type: 'error',
      name: 'broken',
      data: { kind: 'exception', message: 'no' },
    });
  });

  test('inside a tool has it for its parent; one exception is one error (E1)', async () => {
    const inner = tool('inner', async () => {
      await sleep(1);
      throw new Error('deep');
    });
    const outer = tool('outer', () => inner());
    await expect(startSession({}, () => outer())).rejects.toThrow('deep');
    const [first, second] = captured.events();
    expect(first).toMatchObject({
      type: 'error',
      name: 'inner',
      parent_event_id: second?.['event_id'],
    });
    expect(second).toMatchObject({ type: 'log', name: 'outer', level: 'error' });
  });

  test('follows generators to their end, early or late', async () => {
    const count = tool('count', function* count(to: number) {
      for (let at = 1; at <= to; at += 1) yield at;
      return 'done';
    });
    const stream = tool('stream', async function* stream() {
      yield 'a';
      decision('inside');
      yield 'b';
    });
    await startSession({}, async () => {
      expect([...count(3)]).toEqual([1, 2, 3]);
      for (const value of count(9)) if (value === 2) break;
      const seen: string[] = [];
      for await (const value of stream()) seen.push(value);
      expect(seen).toEqual(['a', 'b']);
    });
    expect(captured.events('tool').map(({ name }) => name)).toEqual(['count', 'count', 'stream']);
    const streamed = captured.events('tool')[2];
    expect(captured.events('decision')[0]?.['parent_event_id']).toBe(streamed?.['event_id']);
  });

  test('outside any session runs as it is', () => {
    expect(tool('free', (a: number) => a + 1)(1)).toBe(2);
    expect(captured.records).toEqual([]);
  });

  test('of a session records there, whatever is current', async () => {
    const session = await startSession();
    const ping = session.tool('ping', () => 'pong');
    await startSession({}, () => ping());
    expect(captured.events('tool')[0]?.['session_id']).toBe(session.sessionId);
    session.end();
  });
});
