import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createDatabase, type TestDatabase } from '../../testing/postgres-database.ts';
import { id } from '../contract/write-rows.ts';
import { ReadAbandonedError, ReadTimeoutError, ReadUnavailableError } from '../read-unavailable.ts';
import { prepareDatabase } from './prepare-database.ts';
import { openReads } from './reads.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase();
  await prepareDatabase(database.url);
});

afterAll(() => database.drop());

/** Puts a view into the table's place, so that every look at it takes its time; answers how to undo it. */
async function slowEnvironments(number: number): Promise<() => Promise<void>> {
  await database.query('ALTER TABLE environments RENAME TO kept');
  await database.query(
    'CREATE VIEW environments AS SELECT *, pg_sleep(30)::text AS slept FROM kept',
  );
  await database.query(`INSERT INTO kept VALUES ($1, 'production', 0)`, [id(number)]);
  return async () => {
    await database.query('DROP VIEW environments');
    await database.query('ALTER TABLE kept RENAME TO environments');
  };
}

describe('openReads()', () => {
  test('gives up on a read that takes too long, and serves the next one', async () => {
    const { reader, close } = openReads(database.url, 1, { limitMs: 100 });
    const wake = await slowEnvironments(1);
    await expect(reader.environments(id(1), 10)).rejects.toThrow(ReadTimeoutError);
    await wake();
    expect(await reader.environments(id(1), 10)).toEqual(['production']);
    await close();
  });

  test('stops a read whose caller hangs up, and one that waits for its turn never begins', async () => {
    const { reader, readerUntil, close } = openReads(database.url, 1, { limitMs: 60_000 });
    const wake = await slowEnvironments(2);
    const gone = new AbortController();
    const asked = [1, 2].map(() =>
      readerUntil(gone.signal)
        .environments(id(2), 10)
        .catch((error: unknown) => error),
    );
    const running = async () => {
      const [row] = await database.query(
        `SELECT count(*)::int AS count FROM pg_stat_activity
         WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()`,
      );
      return row?.['count'];
    };
    await vi.waitFor(async () => expect(await running()).toBe(1));
    gone.abort();
    for (const error of await Promise.all(asked)) expect(error).toBeInstanceOf(ReadAbandonedError);
    expect(await running()).toBe(0);
    await wake();
    expect(await reader.environments(id(2), 10)).toEqual(['production']);
    await close();
  });

  test('says that the database is away, and is well when it is back', async () => {
    const { reader, close } = openReads(database.url, 2);
    expect(await reader.hasSessions(id(1))).toBe(false);
    await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    const first = await reader.hasSessions(id(1)).catch((error: unknown) => error);
    expect(first === false || first instanceof ReadUnavailableError).toBe(true);
    expect(await reader.hasSessions(id(1))).toBe(false);
    await close();
    await expect(reader.hasSessions(id(1))).rejects.toThrow(ReadUnavailableError);
  });

  test('more reads than connections wait for their turn', async () => {
    const { reader, close } = openReads(database.url, 2);
    const asked = Array.from({ length: 50 }, (_, number) => reader.position(id(1), id(number)));
    expect(await Promise.all(asked)).toEqual(Array.from({ length: 50 }, () => 0));
    await close();
  });

  test('text with a NUL finds nothing, and breaks nothing', async () => {
    const { reader, close } = openReads(database.url, 1);
    expect(await reader.sessionIdsByTag(id(1), 'a\0b', 'c\0', 10)).toEqual([]);
    const filter = { words: ['re\0view'], userIds: ['\0'] };
    const request = { filter, sort: '-started_at', limit: 10, after: null, nowMs: 0 } as const;
    expect(await reader.listSessions(id(1), request)).toEqual({ items: [], next: null });
    await close();
  });
});
