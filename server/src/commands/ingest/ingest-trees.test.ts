import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore, type TestStore } from '../../testing/open-store.ts';
import { end, llm, noonMs, sessionId, start, testOrgId } from '../../testing/records.ts';
import { deleteSession } from '../delete-session.ts';
import { moveQueuedTrees } from '../move-queued-trees.ts';

let store: TestStore;
beforeEach(() => {
  store = openStore(noonMs + 20_000);
});
afterEach(() => {
  expect(store.verify().differences).toEqual([]);
  store.close();
});

const under = (parent: number) => ({ parent_session_id: sessionId(parent) });

function place(number: number) {
  const row = store.session(sessionId(number));
  const id = (value: unknown) =>
    value === null ? null : Number.parseInt((value as Buffer).toString('hex').slice(20), 16);
  return {
    parent: id(row['parent_session_id']),
    root: id(row['root_session_id']),
    depth: Number(row['depth']),
    children: Number(row['child_count']),
  };
}

async function moveAll(): Promise<void> {
  for (let runs = 0; runs < 100; runs += 1) {
    const result = await store.run(moveQueuedTrees, null);
    if (!result.ok || !result.value.more) return;
  }
}

describe('a tree', () => {
  test('hangs children under their root, at their depth (S9)', async () => {
    await store.ingest([start(1), start(2, under(1)), start(3, under(2)), start(4, under(1))]);
    expect(place(1)).toEqual({ parent: null, root: 1, depth: 0, children: 2 });
    expect(place(2)).toEqual({ parent: 1, root: 1, depth: 1, children: 1 });
    expect(place(3)).toEqual({ parent: 2, root: 1, depth: 2, children: 0 });
  });

  test('takes a late root without rewriting anything (S9)', async () => {
    await store.ingest([start(2, under(1)), llm(2, 1)]);
    expect(place(2)).toEqual({ parent: 1, root: 1, depth: 1, children: 0 });
    const answer = await store.ingest([start(1), llm(1, 2)]);
    expect(answer.sessions[0]).toMatchObject({ tree_cost: 1, tree_step_count: 2, total_cost: 0.5 });
    expect(place(1)).toEqual({ parent: null, root: 1, depth: 0, children: 1 });
  });

  test('re-roots what hangs below a late middle node (S9)', async () => {
    await store.ingest([start(4, under(3)), start(3, under(2)), llm(4, 1)]);
    await store.ingest([start(1), llm(1, 2)]);
    await store.ingest([start(2, under(1))]);
    await moveAll();
    expect(place(2)).toEqual({ parent: 1, root: 1, depth: 1, children: 1 });
    expect(place(3)).toEqual({ parent: 2, root: 1, depth: 2, children: 1 });
    expect(place(4)).toEqual({ parent: 3, root: 1, depth: 3, children: 0 });
  });

  test('re-roots more than one transaction’s worth, part by part (S9)', async () => {
    const leaves = Array.from({ length: 900 }, (_, index) => start(100 + index, under(2)));
    await store.ingest(leaves.map((leaf) => leaf));
    await store.ingest([start(1), llm(1, 1)]);
    await store.ingest([start(2, under(1))]);
    expect(store.verify().differences).toEqual([]);
    await moveAll();
    expect(place(100)).toEqual({ parent: 2, root: 1, depth: 2, children: 0 });
    expect(place(999)).toEqual({ parent: 2, root: 1, depth: 2, children: 0 });
    expect(store.db.prepare('SELECT count(*) FROM reroots').pluck().get()).toBe(0);
  });

  test('leaves out a link that would close a loop and says so (S9)', async () => {
    await store.ingest([start(2, under(1)), start(3, under(2))]);
    const { rejected, warnings } = await store.ingest([start(1, under(3))]);
    expect(rejected).toEqual([]);
    expect(warnings).toEqual([
      `session ${sessionId(1)} stands as a root: parent ${sessionId(3)} is a descendant of ${sessionId(1)}: the link would close a loop`,
    ]);
    expect(place(1)).toEqual({ parent: null, root: 1, depth: 0, children: 1 });
    expect(store.session(sessionId(1))['parent_refused']).toContain('would close a loop');
    expect(await store.ingest([start(1, under(3))])).toMatchObject({ duplicates: 1 });
  });

  test('leaves out a link of a session to itself (S9)', async () => {
    const { warnings } = await store.ingest([start(1, under(1))]);
    expect(warnings).toHaveLength(1);
    expect(place(1)).toEqual({ parent: null, root: 1, depth: 0, children: 0 });
  });

  test('is at most 256 deep (S9)', async () => {
    const chain = Array.from({ length: 300 }, (_, index) =>
      start(index + 1, index === 0 ? {} : under(index)),
    );
    const { warnings } = await store.ingest(chain);
    expect(warnings).toHaveLength(1);
    expect(place(257)).toMatchObject({ root: 1, depth: 256 });
    expect(place(258)).toMatchObject({ parent: null, root: 258, depth: 0 });
    expect(place(300)).toMatchObject({ root: 258, depth: 42 });
  });

  test('is whole when a batch brings its chain from the leaf up (S9)', async () => {
    const chain = [6, 5, 4, 3, 2].map((child) => start(child, under(child - 1)));
    await store.ingest(chain);
    expect([2, 3, 4, 5, 6].map(place)).toEqual([
      { parent: 1, root: 1, depth: 1, children: 1 },
      { parent: 2, root: 1, depth: 2, children: 1 },
      { parent: 3, root: 1, depth: 3, children: 1 },
      { parent: 4, root: 1, depth: 4, children: 1 },
      { parent: 5, root: 1, depth: 5, children: 0 },
    ]);
    const { warnings } = await store.ingest([start(1, under(6))]);
    expect(warnings).toHaveLength(1);
  });

  test('has the same shape in whatever order and batches its sessions start (S9)', async () => {
    const batch = fc.integer({ min: 1, max: 10 });
    const parents = fc.array(fc.nat(9), { minLength: 10, maxLength: 10 });
    const order = fc.shuffledSubarray([...Array(10).keys()], { minLength: 10 });
    await fc.assert(
      fc.asyncProperty(parents, order, batch, async (picks, indexes, size) => {
        const other = openStore(noonMs + 20_000);
        const mine = store;
        store = other;
        try {
          const parentOf = (index: number) => (index === 0 ? null : (picks[index] ?? 0) % index);
          const records = indexes.map((index) => {
            const parent = parentOf(index);
            const link = parent === null ? {} : under(parent + 1);
            return [start(index + 1, link), llm(index + 1, 1)];
          });
          for (let from = 0; from < records.length; from += size) {
            await other.ingest(records.slice(from, from + size).flat());
          }
          await moveAll();
          expect(other.verify().differences).toEqual([]);
          for (const index of indexes) {
            expect(place(index + 1)).toMatchObject({ root: 1, depth: depthOf(index, parentOf) });
          }
          const total = other.db
            .prepare('SELECT sessions, running, step_count, total_cost FROM tree_totals')
            .all()
            .find((row) => (row as { sessions: number }).sessions > 0);
          expect(total).toEqual({
            sessions: 10,
            running: 10,
            step_count: 10,
            total_cost: 5_000_000_000,
          });
        } finally {
          store = mine;
          other.close();
        }
      }),
      { numRuns: 12 },
    );
  }, 120_000);
});

function depthOf(index: number, parentOf: (index: number) => number | null): number {
  const parent = parentOf(index);
  return parent === null ? 0 : 1 + depthOf(parent, parentOf);
}

describe('deleteSession()', () => {
  const remove = (number: number, orgId = testOrgId) =>
    store.run(deleteSession, { orgId, sessionId: sessionId(number) });

  test('takes a session and its figures out of everything (S12)', async () => {
    await store.ingest([
      start(1, { agent_id: 'a', goal: 'find me', tags: { k: 'v' } }),
      llm(1, 1),
      end(1),
      start(2, { agent_id: 'a' }),
      llm(2, 2),
    ]);
    expect(await remove(1)).toMatchObject({
      ok: true,
      value: { id: sessionId(1), rows: { sessions: 1, events: 1, goal_search: 1 } },
    });
    const hour = store.db.prepare('SELECT sessions, total_cost FROM rollup_hours').all();
    expect(hour).toEqual([{ sessions: 1, total_cost: 500_000_000 }]);
    const { rejected } = await store.ingest([llm(1, 3), start(1)]);
    expect(rejected).toMatchObject([
      { index: 0, code: 'session_deleted', retryable: false },
      { index: 1, code: 'session_deleted', retryable: false },
    ]);
    const found = store.db
      .prepare(`SELECT count(*) FROM goal_search WHERE words MATCH 'find'`)
      .pluck()
      .get();
    expect(found).toBe(0);
  });

  test('of one that is unknown, or another organisation’s, is not_found (O1)', async () => {
    await store.ingest([start(1)]);
    const missing = { ok: false, failure: { code: 'not_found' } };
    expect(await remove(9)).toMatchObject(missing);
    expect(await remove(1, sessionId(0xee))).toMatchObject(missing);
  });

  test('of a child leaves its tree whole (S9, S12)', async () => {
    await store.ingest([start(1), start(2, under(1)), start(3, under(2)), llm(2, 1), llm(3, 2)]);
    await remove(3);
    expect(place(2)).toMatchObject({ children: 0 });
  });

  test('of a middle node and of a root leaves sound totals (S9, S12)', async () => {
    await store.ingest([start(1), start(2, under(1)), start(3, under(2)), llm(2, 1), llm(3, 2)]);
    await remove(2);
    expect(store.verify().differences).toEqual([]);
    await remove(1);
    expect(store.verify().differences).toEqual([]);
    await store.ingest([llm(3, 4)]);
  });
});
