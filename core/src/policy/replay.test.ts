import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPolicy } from './parse-policy.ts';
import type { Policy } from './policy.ts';
import { openReplay, type Course, type Replay } from './replay.ts';

const usd = 1_000_000_000n;
const noonMs = Date.UTC(2026, 5, 15, 12);
const dayMs = 86_400_000;

function policyOf(fields: object): Policy {
  const policy = readPolicy({ id: 'p', ...fields });
  if (policy.type === 'broken') throw new Error(policy.reason);
  return policy;
}

const cap = (scope: string, cost_exceeded: number, type = 'abort', more: object = {}) =>
  policyOf({ type: 'cost_limit', scope, condition: { cost_exceeded }, action: { type }, ...more });

const loop = (steps_exceeded: number, scope = 'session') =>
  policyOf({
    type: 'step_limit',
    scope,
    condition: { steps_exceeded },
    action: { type: 'abort' },
  });

/** Steps of one dollar each, one a second, numbered from 1. */
function steps(replay: Replay, course: Course, count: number, from = 0): void {
  for (let n = from + 1; n <= from + count; n += 1) {
    replay.takeStep(course, { atMs: noonMs + n * 1_000, place: n, costNanoUsd: usd });
  }
}

const alone = { group: '', isAsked: true };

describe('openReplay() (P9)', () => {
  test('stops a session before the step after the one that passed the limit', () => {
    const replay = openReplay(cap('session', 2.5));
    const course = replay.begin(alone);
    steps(replay, course, 5);
    expect(course.outcome).toEqual({
      action: 'abort',
      place: 3,
      atMs: noonMs + 3_000,
      found: 3n * usd,
      savedNanoUsd: 2n * usd,
    });
  });

  test('a limit that the last step passes stops nothing (P5)', () => {
    const replay = openReplay(cap('session', 2.5));
    const course = replay.begin(alone);
    steps(replay, course, 3);
    expect(course.outcome).toMatchObject({ action: 'passed_at_end', place: 3, savedNanoUsd: 0n });
  });

  test('a cost limit wants more than its value, a step limit as much (P2)', () => {
    const [cost, step] = [openReplay(cap('session', 3)), openReplay(loop(3))];
    const [one, other] = [cost.begin(alone), step.begin(alone)];
    steps(cost, one, 3);
    steps(step, other, 4);
    expect(one.outcome).toBe(null);
    expect(other.outcome).toMatchObject({ action: 'abort', place: 3, found: 3n });
  });

  test('a limit of no steps stops before the first', () => {
    const replay = openReplay(loop(0));
    const course = replay.begin(alone);
    steps(replay, course, 2);
    expect(course.outcome).toMatchObject({ action: 'abort', place: null, savedNanoUsd: 2n * usd });
  });

  test('a warning comes once and stops nothing; the mode does not matter', () => {
    const replay = openReplay(cap('session', 1, 'warn', { mode: 'off' }));
    const course = replay.begin(alone);
    steps(replay, course, 4);
    expect(course.outcome).toMatchObject({ action: 'warn', place: 2, savedNanoUsd: 0n });
  });

  test('a tree is one total: whoever steps after it was passed is stopped (P10)', () => {
    const replay = openReplay(cap('tree', 2.5));
    const tree = { group: 'root', isAsked: true };
    const [parent, child, late, other] = [
      replay.begin(tree),
      replay.begin(tree),
      replay.begin(tree),
      replay.begin({ ...tree, group: 'elsewhere' }),
    ];
    steps(replay, parent, 1);
    steps(replay, child, 2, 1);
    steps(replay, parent, 1, 3);
    steps(replay, late, 1, 4);
    steps(replay, other, 2, 4);
    expect(child.outcome).toMatchObject({ action: 'passed_at_end', place: 3, found: 3n * usd });
    expect(parent.outcome).toMatchObject({ action: 'abort', place: 1, savedNanoUsd: usd });
    expect(late.outcome).toMatchObject({ action: 'abort', place: null, savedNanoUsd: usd });
    expect(other.outcome).toBe(null);
  });

  test('a tree warns once, in the session whose step passed the limit', () => {
    const replay = openReplay(cap('tree', 1.5, 'warn'));
    const [one, other] = [replay.begin(alone), replay.begin(alone)];
    steps(replay, one, 1);
    steps(replay, other, 1, 1);
    steps(replay, one, 1, 2);
    expect([one.outcome, other.outcome?.action]).toEqual([null, 'warn']);
  });

  test('what a stopped session did afterwards is not spent', () => {
    const replay = openReplay(cap('tree', 1.5));
    const [one, other] = [replay.begin(alone), replay.begin({ ...alone, isAsked: false })];
    steps(replay, one, 4);
    steps(replay, other, 1, 4);
    expect(one.total?.costNanoUsd).toBe(3n * usd);
  });

  test('a day begins anew at 00:00 UTC, by environment; who is not asked only adds', () => {
    const replay = openReplay(cap('day', 1.5));
    const [first, second, lab] = [
      replay.begin({ group: 'production', isAsked: false }),
      replay.begin({ group: 'production', isAsked: true }),
      replay.begin({ group: 'lab', isAsked: true }),
    ];
    steps(replay, first, 2);
    steps(replay, lab, 1, 2);
    expect([first.outcome, lab.outcome]).toEqual([null, null]);
    replay.takeStep(second, { atMs: noonMs + dayMs, place: 9, costNanoUsd: usd });
    expect(second.outcome).toBe(null);
    const third = replay.begin({ group: 'production', isAsked: true });
    steps(replay, third, 1, 3);
    expect(third.outcome).toMatchObject({ action: 'abort', place: null, found: 2n * usd });
  });

  test('a retry is for the first failed call of its kinds, a fallback for other models (P4)', () => {
    const failure = { atMs: noonMs, place: 1, attempt: 1, model: 'gpt-5' };
    const retry = openReplay(
      policyOf({
        type: 'retry',
        condition: { on_errors: ['timeout'] },
        action: { max_retries: 2 },
      }),
    );
    const course = retry.begin(alone);
    retry.takeFailure(course, { ...failure, kind: 'auth' });
    retry.takeFailure(course, { ...failure, kind: 'timeout', place: 2, attempt: 3 });
    expect(course.outcome).toBe(null);
    retry.takeFailure(course, { ...failure, kind: 'timeout', place: 3 });
    expect(course.outcome).toMatchObject({ action: 'retry', place: 3, found: null });

    const fallback = openReplay(policyOf({ type: 'fallback', action: { fallback_model: 'mini' } }));
    const other = fallback.begin(alone);
    fallback.takeFailure(other, { ...failure, kind: 'timeout', model: 'mini' });
    expect(other.outcome).toBe(null);
    fallback.takeFailure(other, { ...failure, kind: 'timeout' });
    expect(other.outcome).toMatchObject({ action: 'fallback', place: 1 });
  });

  test('of a session tells the first call that failed, and nothing of one that is not asked', () => {
    const replay = openReplay(policyOf({ type: 'retry', action: { max_retries: 2 } }));
    const [course, other] = [replay.begin(alone), replay.begin({ ...alone, isAsked: false })];
    const failure = { atMs: noonMs, place: 4, kind: 'timeout', attempt: 1, model: null };
    for (const one of [course, other]) {
      replay.takeFailure(one, failure);
      replay.takeFailure(one, { ...failure, place: 5 });
    }
    expect(course.outcome).toMatchObject({ action: 'retry', place: 4 });
    expect(other.outcome).toBe(null);
  });

  test('sessions of one group share nothing where the scope is the session', () => {
    const replay = openReplay(loop(3));
    const [one, other] = [replay.begin(alone), replay.begin(alone)];
    steps(replay, one, 2);
    steps(replay, other, 2);
    expect([one.outcome, other.outcome]).toEqual([null, null]);
    steps(replay, one, 2, 2);
    expect(one.outcome).toMatchObject({ action: 'abort', place: 3, atMs: noonMs + 3_000 });
  });
});

describe('openReplay() against sums worked out one by one', () => {
  const cents = 10_000_000n;
  const anyCosts = fc.array(fc.bigInt({ min: 0n, max: 300n }), { minLength: 1, maxLength: 12 });
  const anyTree = fc.array(
    fc.record({ session: fc.integer({ min: 0, max: 3 }), cost: fc.bigInt({ min: 0n, max: 300n }) }),
    { minLength: 1, maxLength: 25 },
  );
  const anyLimit = fc.integer({ min: 0, max: 500 });

  test('a session is stopped after the first sum above its limit, and saves the rest', () => {
    const check = fc.property(anyCosts, anyLimit, (costs, limit) => {
      const replay = openReplay(cap('session', limit / 100));
      const course = replay.begin(alone);
      for (const [place, cost] of costs.entries()) {
        replay.takeStep(course, { atMs: noonMs + place, place, costNanoUsd: cost * cents });
      }
      const sums = costs.map((_, place) => sumOf(costs.slice(0, place + 1)));
      const at = sums.findIndex((sum) => sum > BigInt(limit));
      if (at === -1) {
        expect(course.outcome).toBe(null);
        return;
      }
      expect(course.outcome).toEqual({
        action: at === costs.length - 1 ? 'passed_at_end' : 'abort',
        place: at,
        atMs: noonMs + at,
        found: (sums[at] ?? 0n) * cents,
        savedNanoUsd: sumOf(costs.slice(at + 1)) * cents,
      });
    });
    fc.assert(check, { numRuns: 500 });
  });

  test('of a tree nobody steps after the step that passed its limit', () => {
    const check = fc.property(anyTree, anyLimit, (all, limit) => {
      const replay = openReplay(cap('tree', limit / 100));
      const courses = [0, 1, 2, 3].map(() => replay.begin({ group: 'root', isAsked: true }));
      const taken = all.map(({ session, cost }, place) => ({
        course: courses[session],
        cost,
        place,
      }));
      for (const { course, cost, place } of taken) {
        const step = { atMs: noonMs + place, place, costNanoUsd: cost * cents };
        if (course !== undefined) replay.takeStep(course, step);
      }
      const costs = all.map(({ cost }) => cost);
      const at = costs.findIndex((_, place) => sumOf(costs.slice(0, place + 1)) > BigInt(limit));
      const saved = at === -1 ? 0n : sumOf(costs.slice(at + 1)) * cents;
      expect(sumOf(courses.map(({ outcome }) => outcome?.savedNanoUsd ?? 0n))).toBe(saved);
      const stopped = new Set(at === -1 ? [] : taken.slice(at + 1).map(({ course }) => course));
      for (const course of courses) {
        expect(course.outcome?.action === 'abort').toBe(stopped.has(course));
      }
    });
    fc.assert(check, { numRuns: 500 });
  });

  function sumOf(amounts: readonly bigint[]): bigint {
    return amounts.reduce((total, amount) => total + amount, 0n);
  }
});
