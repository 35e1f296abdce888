import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore, type TestStore } from '../../testing/open-store.ts';
import { iso, noonMs, sessionId, start, testOrgId } from '../../testing/records.ts';
import { openReads } from '../sqlite/reads.ts';
import { orderedHits } from './list-sessions.ts';

const dayMs = 86_400_000;
const batch = 1_000;

describe('searchRange()', () => {
  let store: TestStore;
  beforeEach(() => {
    store = openStore(noonMs);
  });
  afterEach(() => store.close());

  /** Sessions that all have the word, each a second after the one before. */
  const addFrom = async (first: number, count: number, fromMs: number) => {
    for (let from = 0; from < count; from += batch) {
      const numbers = Array.from({ length: Math.min(batch, count - from) }, (_, at) => from + at);
      await store.ingest(
        numbers.map((at) =>
          start(first + at, { goal: 'audit the books', started_at: iso(fromMs + at * 1_000) }),
        ),
      );
    }
  };

  test('finds a common word in a range before its newest hits (S11)', async () => {
    await addFrom(1, 20, noonMs - 9 * dayMs);
    await addFrom(100, orderedHits, noonMs - dayMs);
    const filter = { words: ['audit'], fromMs: noonMs - 10 * dayMs, toMs: noonMs - 8 * dayMs };
    const request = { filter, sort: '-started_at', limit: 50, after: null, nowMs: noonMs } as const;
    const { items, next } = await openReads(store.db).listSessions(testOrgId, request);
    const expected = Array.from({ length: 20 }, (_, index) => sessionId(20 - index));
    expect(items.map(({ session }) => session.id)).toEqual(expected);
    expect(next).toBeNull();
  });
});
