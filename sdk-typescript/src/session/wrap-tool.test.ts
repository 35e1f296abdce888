import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { decision, startSession, testing, tool } from '../index.ts';

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
    expect(() => tool('x', 7 as unknown as () => void)).toThrow('fn must be a function: got 7');
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
});

describe('Session.tool()', () => {
  test('calls at once, and answers what the function answers', async () => {
    await startSession({}, async (session) => {
      expect(session.tool('ping', () => 'pong')).toBe('pong');
      expect(await session.tool('later', () => sleep(1, 'done'))).toBe('done');
    });
    expect(captured.events('tool').map(({ name, data }) => [name, data])).toEqual([
      ['ping', {}],
      ['later', {}],
    ]);
  });

  test('records in its session, whatever is current', async () => {
    const session = await startSession();
    await startSession({}, () => session.tool('ping', () => 'pong'));
    expect(captured.events('tool')[0]?.['session_id']).toBe(session.sessionId);
    session.end();
  });

  test('sends the answer alone where content is captured', async () => {
    captured.stop();
    captured = testing.capture({ captureContent: true });
    await startSession({}, (session) => session.tool('ping', () => 'pong'));
    expect(captured.events('tool')[0]?.['data']).toEqual({ output: 'pong' });
  });

  test('passes an exception on, and records it once (E1)', async () => {
    const thrown = new Error('no');
    const run = startSession({}, (session) =>
      session.tool('broken', () => {
        throw thrown;
      }),
    );
    await expect(run).rejects.toBe(thrown);
    expect(captured.events('error').map(({ name }) => name)).toEqual(['broken']);
  });
});
