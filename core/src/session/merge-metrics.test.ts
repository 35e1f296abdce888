import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exampleSessionId, runningSession } from './fixtures/running-session.ts';
import { maxCustomMetrics, mergeMetrics, metricProblem, metricsWindowMs } from './merge-metrics.ts';

describe('mergeMetrics()', () => {
  test('takes goal_completed, score and keys of one’s own (S7)', () => {
    const session = runningSession(0);
    const metrics = { goal_completed: true, score: 0.5, 'csat.v-1_x': -3.25, flagged: false };
    expect(mergeMetrics(session, metrics, 100)).toEqual({ ok: true, value: { changed: true } });
    expect(session.metrics).toEqual(metrics);
    expect(session.metricTimes).toEqual({
      goal_completed: 100,
      score: 100,
      'csat.v-1_x': 100,
      flagged: 100,
    });
  });

  test('per key the newest recorded_at stands; ties go to the later arrival (S7)', () => {
    const session = runningSession(0);
    mergeMetrics(session, { score: 0.1, a: 1 }, 100);
    mergeMetrics(session, { score: 0.2, b: 2 }, 50);
    expect(session.metrics).toEqual({ score: 0.1, a: 1, b: 2 });
    mergeMetrics(session, { score: 0.3 }, 100);
    expect(session.metrics).toEqual({ score: 0.3, a: 1, b: 2 });
  });

  test('says when nothing changed', () => {
    const session = runningSession(0);
    mergeMetrics(session, { score: 0.1 }, 100);
    const again = { ok: true, value: { changed: false } };
    expect(mergeMetrics(session, { score: 0.1 }, 100)).toEqual(again);
    expect(mergeMetrics(session, { score: 0.9 }, 99)).toEqual(again);
    expect(mergeMetrics(session, {}, 900)).toEqual(again);
  });

  test('takes a key named like a property of every object', () => {
    const session = runningSession(0);
    const metrics = JSON.parse('{"__proto__": 1, "constructor": 2}') as Record<string, number>;
    expect(mergeMetrics(session, metrics, 1)).toEqual({ ok: true, value: { changed: true } });
    expect(JSON.stringify(session.metrics)).toBe('{"__proto__":1,"constructor":2}');
    expect(mergeMetrics(session, metrics, 0)).toEqual({ ok: true, value: { changed: false } });
  });

  test(`counts the merged keys: at most ${maxCustomMetrics}, the call refused whole (S7)`, () => {
    const session = runningSession(0);
    const ten = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`k${n}`, n]));
    expect(mergeMetrics(session, { ...ten, goal_completed: true, score: 1 }, 1).ok).toBe(true);
    const before = structuredClone(session);
    expect(mergeMetrics(session, { k0: 5, eleventh: 1 }, 2)).toEqual({
      ok: false,
      failure: {
        code: 'invalid',
        message: 'Cannot set metric "eleventh": a session holds at most 10 custom keys',
        retryable: false,
      },
    });
    expect(session).toEqual(before);
    expect(mergeMetrics(session, { k0: 5, score: 0 }, 2).ok).toBe(true);
  });

  test('one bad value refuses the call whole and names the key (S7, E5)', () => {
    const session = runningSession(0);
    const message = 'Cannot set metric "score": wanted a number from 0 to 1, got 1.5';
    expect(mergeMetrics(session, { a: 1, score: 1.5 }, 1)).toEqual({
      ok: false,
      failure: {
        code: 'invalid',
        message,
        retryable: false,
        problems: [{ path: 'metrics.score', code: 'invalid', message }],
      },
    });
    expect(session.metrics).toEqual({});
  });

  test('takes metrics until 7 days after the end, by recorded_at (S7)', () => {
    const session = runningSession(0, { status: 'done', endedAtMs: 1_000 });
    expect(mergeMetrics(session, { a: 1 }, 1_000 + metricsWindowMs).ok).toBe(true);
    expect(mergeMetrics(session, { a: 2 }, 1_001 + metricsWindowMs)).toEqual({
      ok: false,
      failure: {
        code: 'session_closed',
        message: `Cannot set metrics of session ${exampleSessionId}: it ended more than 7 days before recorded_at`,
        retryable: false,
      },
    });
    const stale = runningSession(0, { status: 'stale', endedAtMs: 1_000 });
    expect(mergeMetrics(stale, { a: 2 }, 1_001 + metricsWindowMs).ok).toBe(true);
  });

  test('ends in the same values in any order of distinct times (S7)', () => {
    const call = fc.record({
      metrics: fc.dictionary(fc.constantFrom('a', 'b', 'score'), fc.constantFrom(0, 0.5, 1)),
      at: fc.nat(1_000),
    });
    const calls = fc.uniqueArray(call, { selector: ({ at }) => at, maxLength: 8 });
    fc.assert(
      fc.property(calls, (all) => {
        const apply = (some: typeof all) => {
          const session = runningSession(0);
          for (const { metrics, at } of some) mergeMetrics(session, metrics, at);
          return session;
        };
        const inTime = apply(all.toSorted((one, two) => one.at - two.at));
        const merged = apply([...all, ...all.toReversed()]);
        expect(merged.metrics).toEqual(inTime.metrics);
        expect(merged.metricTimes).toEqual(inTime.metricTimes);
      }),
    );
  });
});

describe('metricProblem()', () => {
  test.each<[string, unknown]>([
    ['goal_completed', false],
    ['score', 0],
    ['score', 1],
    ['a', Number.MAX_VALUE],
    ['A'.repeat(64), true],
  ])('finds none in %s = %j (S7)', (key, value) => {
    expect(metricProblem(key, value)).toBeNull();
  });

  test.each<[string, unknown, string]>([
    ['goal_completed', 1, 'Cannot set metric "goal_completed": wanted true or false, got 1'],
    ['score', 'x', 'Cannot set metric "score": wanted a number from 0 to 1, got "x"'],
    ['score', -0.1, 'Cannot set metric "score": wanted a number from 0 to 1, got -0.1'],
    ['a', null, 'Cannot set metric "a": wanted a finite number or true or false, got null'],
    ['a', Infinity, 'Cannot set metric "a": wanted a finite number or true or false, got null'],
    ['a', [1], 'Cannot set metric "a": wanted a finite number or true or false, got [1]'],
    ['a b', 1, 'Cannot set metric "a b": a name is 1 to 64 of a-z, A-Z, 0-9, "_", ".", "-"'],
    ['', 1, 'Cannot set metric "": a name is 1 to 64 of a-z, A-Z, 0-9, "_", ".", "-"'],
  ])('of %s = %j (S7)', (key, value, message) => {
    expect(metricProblem(key, value)).toBe(message);
  });
});
