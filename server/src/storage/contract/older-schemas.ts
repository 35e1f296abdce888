import { describe, expect, test } from 'vitest';
import {
  close,
  end,
  error,
  llm,
  noonMs,
  numbered,
  senderId,
  sessionId,
  signal,
  start,
  tool,
  trace,
} from '../../testing/records.ts';
import { migrations } from '../migrations/all.ts';
import type { Verification } from '../verify/verification.ts';

/** A database of an older schema that holds the same rows as one of this program. */
export interface AgedStore {
  /** Its tables before it was migrated. */
  readonly tables: readonly string[];
  migrate(): Promise<void>;
  /** Rows of a table as texts, in any order: of the migrated database, and of the one that was always new. */
  rows(table: string): Promise<{ migrated: readonly string[]; written: readonly string[] }>;
  indexes(): Promise<{ migrated: readonly string[]; written: readonly string[] }>;
  verify(): Promise<Verification>;
  close(): Promise<void>;
}

/** From every schema there ever was, the step to the newest one keeps every row and counts what it adds. */
export function olderSchemaContract(
  open: (nowMs: number, records: readonly object[], version: number) => Promise<AgedStore>,
): void {
  const older = migrations.slice(0, -1).map(({ number }) => number);

  describe('migrate() of a database with sessions in it', () => {
    test.each(older)('from schema %i ends as if it had been new (S12, E4)', async (version) => {
      const store = await open(noonMs + 60_000, records, version);
      try {
        await store.migrate();
        expect(store.tables).toContain('session_tags');
        for (const table of store.tables) {
          const { migrated, written } = await store.rows(table);
          expect([table, migrated.toSorted()]).toEqual([table, written.toSorted()]);
        }
        const { migrated, written } = await store.indexes();
        expect(migrated.toSorted()).toEqual(written.toSorted());
        const found = await store.verify();
        expect(found).toEqual({ sessions: 4, events: 6, differenceCount: 0, differences: [] });
      } finally {
        await store.close();
      }
    });
  });

  test('migrations are numbered 1, 2, 3 … and each says what it is', () => {
    expect(migrations.map(({ number }) => number)).toEqual(migrations.map((_, at) => at + 1));
    expect(new Set(migrations.map(({ name }) => name)).size).toBe(migrations.length);
    for (const { name } of migrations) expect(name).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
  });
}

/** Trees, tags, two environments, a session of no agent, one before the year 1970, errors and signals. */
const records = [
  start(1, { agent_id: 'a', goal: 'review the contract', tags: { team: 'red', kind: 'x' } }),
  start(2, { agent_id: 'b', parent_session_id: sessionId(1), environment: 'staging' }),
  start(3, { goal: 'café', tags: { team: 'blue' } }),
  start(4, { agent_id: 'a', started_at: '1969-12-31T23:30:00Z', tags: { team: 'red' } }),
  llm(1, 1, numbered(1, 1)),
  llm(1, 2, {
    ...numbered(1, 2),
    data: { model: 'gpt-4o-mini', input_tokens: 9, output_tokens: 3 },
  }),
  tool(2, 3),
  tool(2, 4),
  error(3, 5),
  tool(4, 6),
  signal(3, 1),
  trace(1, 1),
  close(1, 2, 2, { dropped: { queue_full: 1 } }),
  end(1, 10_000, { sender: senderId(1), last_seq: 2 }),
  end(2),
];
