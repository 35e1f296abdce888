import { describe, expect, test } from 'vitest';
import { entryOf } from '../testing/batch-fixture.ts';
import { deferralLimit, Deferrals, unknownSessionLimitMs } from './deferrals.ts';

/** Refuses one entry again and again; the waits in milliseconds. */
function waitsOf(code: string, times: number, random = 1): number[] {
  const deferrals = new Deferrals();
  const entry = entryOf(1);
  let nowMs = 0;
  let refused = entry;
  return Array.from({ length: times }, () => {
    const moved = { ...entry };
    deferrals.add(refused, moved, code, nowMs, random);
    const waited = (deferrals.nextDueMs ?? 0) - nowMs;
    nowMs += waited;
    const [due] = deferrals.takeDue(nowMs, 10);
    refused = due ?? moved;
    return waited;
  });
}

describe('Deferrals', () => {
  test('tries an unknown session after 1, 2, 4 … 60 s', () => {
    const seconds = waitsOf('session_not_found', 9).map((ms) => ms / 1000);
    expect(seconds).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  test('tries what is unavailable like a 503', () => {
    expect(waitsOf('unavailable', 8)).toEqual([
      500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000,
    ]);
    expect(waitsOf('unavailable', 2, 0.5)).toEqual([250, 500]);
  });

  test('gives an unknown session up after 24 h, and the unavailable never', () => {
    const deferrals = new Deferrals();
    const entry = entryOf(1);
    deferrals.add(entry, entry, 'session_not_found', 0, 0);
    deferrals.takeDue(1000, 10);
    expect(deferrals.isHopeless(entry, 'session_not_found', unknownSessionLimitMs - 1)).toBe(false);
    expect(deferrals.isHopeless(entry, 'session_not_found', unknownSessionLimitMs)).toBe(true);
    expect(deferrals.isHopeless(entry, 'unavailable', 10 * unknownSessionLimitMs)).toBe(false);
  });

  test('gives only what is due, at most the limit, oldest first', () => {
    const deferrals = new Deferrals();
    for (const seq of [1, 2, 3]) {
      deferrals.add(entryOf(seq), entryOf(seq), 'session_not_found', seq * 10, 0);
    }
    expect(deferrals.takeDue(1000, 10)).toEqual([]);
    expect(deferrals.takeDue(1025, 1).map(({ head }) => head.seq)).toEqual([1]);
    expect(deferrals.takeDue(1025, 10).map(({ head }) => head.seq)).toEqual([2]);
    expect(deferrals.size).toBe(1);
    expect(deferrals.all().map(({ head }) => head.seq)).toEqual([3]);
    expect(deferrals.nextDueMs).toBe(1030);
  });

  test('has an end', () => {
    const deferrals = new Deferrals();
    const entry = entryOf(1);
    for (let count = 0; count < deferralLimit; count += 1) {
      deferrals.add(entry, entry, 'unavailable', 0, 0);
    }
    expect(deferrals.isHopeless(entry, 'unavailable', 0)).toBe(true);
    expect(new Deferrals().nextDueMs).toBe(null);
  });
});
