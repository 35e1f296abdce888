import { describe, expect, test } from 'vitest';
import { describeClock, narrow, type ClockBounds } from './clock-bounds.ts';

/** What some answers of a server tell whose clock is `aheadMs` ahead; each takes 10 ms both ways. */
function compare(aheadMs: number, sentAtMs: readonly number[]): ClockBounds | null {
  return sentAtMs.reduce<ClockBounds | null>((known, sentMs) => {
    const date = new Date(sentMs + 10 + aheadMs).toUTCString();
    return narrow(known, date, sentMs, sentMs + 20);
  }, null);
}

const second = Date.UTC(2026, 10, 24, 12);
const spread = [0, 170, 340, 510, 680, 850].map((ms) => second + ms);

describe('narrow()', () => {
  test('one answer leaves a second open', () => {
    expect(compare(0, [second])).toEqual({ lowMs: -20, highMs: 1000 });
  });

  test.each([0, 123, -456, 60_000, -3_600_000, 999])(
    'answers over a second close in on %d ms',
    (ms) => {
      const found = compare(ms, spread);
      expect(found?.lowMs).toBeLessThanOrEqual(ms);
      expect(found?.highMs).toBeGreaterThanOrEqual(ms);
      expect((found?.highMs ?? 0) - (found?.lowMs ?? 0)).toBeLessThanOrEqual(190);
    },
  );

  test('an answer without a date changes nothing', () => {
    const known = { lowMs: -5, highMs: 5 };
    expect(narrow(known, null, 0, 0)).toBe(known);
    expect(narrow(null, 'soon', 0, 0)).toBeNull();
  });

  test('a clock that was set meanwhile begins anew', () => {
    const moved = new Date(second + 60_000).toUTCString();
    expect(narrow(compare(0, spread), moved, second, second + 20)).toEqual({
      lowMs: 59_980,
      highMs: 61_000,
    });
  });
});

describe('describeClock()', () => {
  test.each([
    [{ lowMs: -20, highMs: 1000 }, "as the server's, within 0.6 s"],
    [{ lowMs: -90, highMs: 90 }, "as the server's, within 0.1 s"],
    [{ lowMs: 300, highMs: 500 }, "0.4 s behind the server's, within 0.1 s"],
    [{ lowMs: -500, highMs: -300 }, "0.4 s ahead of the server's, within 0.1 s"],
    [
      { lowMs: 119_900, highMs: 120_090 },
      "120.0 s behind the server's, within 0.1 s; the server corrects it",
    ],
    [
      { lowMs: -2200, highMs: -1900 },
      "2.0 s ahead of the server's, within 0.2 s; the server corrects it",
    ],
  ])('%j is %s', (bounds, text) => {
    expect(describeClock(bounds)).toBe(text);
  });
});
