import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore, type TestStore } from '../../testing/open-store.ts';
import { iso, noonMs, start, testOrgId } from '../../testing/records.ts';
import { ReadAbandonedError, ReadTimeoutError } from '../read-unavailable.ts';
import type { Reader } from '../reader.ts';
import { openReader, type Connection } from './connection.ts';
import { openReads } from './reads.ts';

describe('openReads()', () => {
  let store: TestStore;
  let connection: Connection;
  beforeAll(async () => {
    store = openStore(noonMs);
    connection = openReader(store.path);
    const sessions = Array.from({ length: 300 }, (_, index) =>
      start(index + 1, { started_at: iso(noonMs - index * 1_000), goal: 'review it' }),
    );
    await store.ingest(sessions);
  });
  afterAll(() => {
    connection.close();
    store.close();
  });

  const outOfTime = { limitMs: -1, isAbandoned: () => false };
  const list = (reader: Reader, words?: string[]) =>
    reader.listSessions(testOrgId, {
      filter: { minCostNanoUsd: 1n, words },
      sort: '-started_at',
      limit: 50,
      after: null,
      nowMs: noonMs,
    });

  test('a read that takes too long is given up and says what to do', async () => {
    const reader = openReads(connection, outOfTime);
    await expect(list(reader)).rejects.toThrow(ReadTimeoutError);
    await expect(list(reader, ['review'])).rejects.toThrow(
      'The read took longer than -0.001 s: ask for a shorter range or a narrower filter',
    );
    await expect(reader.rangeTotals(testOrgId, { minCostNanoUsd: 1n }, noonMs)).rejects.toThrow(
      ReadTimeoutError,
    );
  });

  test('a read that nobody waits for is given up where it is', async () => {
    let looks = 0;
    const reader = openReads(connection, {
      limitMs: 2_000,
      isAbandoned() {
        looks += 1;
        return looks > 3;
      },
    });
    // Of 300 rows every 64th looks.
    await expect(list(reader)).rejects.toThrow(ReadAbandonedError);
    expect(looks).toBe(4);
    looks = -1_000;
    expect(await list(reader)).toEqual({ items: [], next: null });
  });

  test('each read has a time of its own, and the connection goes on after one was given up', async () => {
    await expect(list(openReads(connection, outOfTime))).rejects.toThrow(ReadTimeoutError);
    const reader = openReads(connection);
    expect(await list(reader)).toEqual({ items: [], next: null });
    expect(await reader.estimateSessions(testOrgId, {}, noonMs)).toBe(300);
    expect(await reader.estimateSessions(testOrgId, { words: ['rev'] }, noonMs)).toBe(300);
  });
});
