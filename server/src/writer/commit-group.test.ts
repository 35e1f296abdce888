import { failure, success, type Result } from '@niitaka/core/result.ts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { closeStaleSessions } from '../commands/close-stale-sessions.ts';
import type { CommandContext } from '../commands/command.ts';
import { deleteSession } from '../commands/delete-session.ts';
import type { IngestOutcome } from '../commands/ingest/ingest-answer.ts';
import { moveQueuedTrees } from '../commands/move-queued-trees.ts';
import { createPolicyCache } from '../commands/policy-cache.ts';
import { createRootPublisher } from '../commands/root-publisher.ts';
import type { Tx } from '../storage/tx.ts';
import { openStore, type TestStore } from '../testing/open-store.ts';
import {
  close,
  end,
  llm,
  metrics,
  noonMs,
  numbered,
  opening,
  sessionId,
  signal,
  start,
  testOrgId,
  tool,
  trace,
  update,
} from '../testing/records.ts';
import {
  commitGroup,
  type GroupPart,
  type PartOutcome,
  type Transactions,
} from './commit-group.ts';
import { openTransactions } from './open-transactions.ts';
import { parseBatch } from './parse-batch.ts';
import { compileRecordSchemas } from './record-schemas.ts';

// A real disk answers when it can.
vi.setConfig({ testTimeout: 60_000 });

let store: TestStore;
beforeEach(() => {
  store = openStore(noonMs + 20_000);
});
afterEach(() => store.close());

const schemas = compileRecordSchemas();

function batch(records: readonly object[]): GroupPart {
  const parsed = parseBatch(Buffer.from(JSON.stringify({ records })), schemas);
  if (!parsed.ok) throw new Error(parsed.refusal.detail);
  return { kind: 'ingest', orgId: testOrgId, batch: parsed.value, arrivedAtMs: store.nowMs };
}

function command(run: (context: CommandContext) => Promise<Result<unknown>>): GroupPart {
  return { kind: 'command', run };
}

/** Transactions whose calls of the store are counted; those at `failAt` fail as a full disk does. */
function failing(
  failAt: (call: number) => boolean,
): Transactions & { readonly calls: () => number } {
  const engine = openTransactions(store.db);
  let calls = 0;
  const step = () => {
    calls += 1;
    if (failAt(calls)) throw new Error('database or disk is full');
  };
  const tx = new Proxy(engine.tx, {
    get(target, name) {
      const found = target[name as keyof Tx] as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => {
        step();
        return found(...args);
      };
    },
  });
  return {
    ...engine,
    tx,
    async commit() {
      step();
      await engine.commit();
    },
    calls: () => calls,
  };
}

async function run(engine: Transactions, parts: readonly GroupPart[]): Promise<PartOutcome[]> {
  const base = {
    newId: () => sessionId(0xaaaa),
    staleAfterMs: 300_000,
    findPrice: () => null,
    policies: createPolicyCache(),
    roots: createRootPublisher(),
  };
  return commitGroup(
    engine,
    parts,
    base,
    () => store.nowMs,
    () => undefined,
  );
}

function accepted(outcome: PartOutcome | undefined): number {
  if (outcome?.ok !== true) return -1;
  return (outcome.value as IngestOutcome).accepted;
}

/** Everything in the file, so that two states can be compared. */
function dump(): string {
  const tables = store.db
    .prepare<[], { name: string }>(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`,
    )
    .all();
  return JSON.stringify(
    tables.map(({ name }) => [name, store.db.prepare(`SELECT * FROM ${name}`).all()]),
  );
}

const everything = [
  start(1, { agent_id: 'a', goal: 'find me', tags: { k: 'v' } }),
  start(2, { parent_session_id: sessionId(1) }),
  llm(1, 1, numbered(1, 1)),
  llm(1, 2, { ...numbered(1, 2), ...opening }),
  update(llm(1, 2, numbered(1, 3))),
  tool(2, 3),
  metrics(1, { score: 1 }, numbered(1, 4)),
  signal(1, 1),
  trace(1, 1),
  close(1, 2, 1),
  end(1, 10_000, { ...numbered(1, 4), last_seq: 4 }),
];

describe('commitGroup()', () => {
  test('answers each part of a group with its own result', async () => {
    const engine = failing(() => false);
    const outcomes = await run(engine, [batch([start(1)]), batch([llm(1, 1), llm(1, 1)])]);
    expect(outcomes.map(accepted)).toEqual([1, 1]);
    expect(outcomes[1]).toMatchObject({ ok: true, value: { duplicates: 1, rejected: [] } });
    expect(engine.takeChanged()).toEqual([testOrgId]);
    expect(engine.takeChanged()).toEqual([]);
  });

  test('a store that fails once rolls all back, then takes each part alone', async () => {
    const engine = failing((call) => call === 5);
    const outcomes = await run(engine, [batch([start(1), llm(1, 1)]), batch([start(2)])]);
    expect(outcomes.map(accepted)).toEqual([2, 1]);
    expect(store.verify()).toMatchObject({ sessions: 2, events: 1, differences: [] });
  });

  test('a part that fails again is unavailable, the others are not harmed', async () => {
    const engine = openTransactions(store.db);
    const tx = {
      ...engine.tx,
      insertEvents: () => Promise.reject(new Error('disk I/O error')),
    };
    const parts = [batch([start(1)]), batch([start(2), llm(2, 1)]), batch([start(3)])];
    const outcomes = await run({ ...engine, tx }, parts);
    expect(outcomes.map(accepted)).toEqual([1, -1, 1]);
    expect(outcomes[1]).toEqual({
      ok: false,
      failure: {
        code: 'unavailable',
        message: 'The storage failed: nothing was written, try again',
        retryable: true,
      },
    });
    expect(store.verify()).toMatchObject({ sessions: 2, events: 0, differences: [] });
  });

  test('a part by itself is tried again only where that may help', async () => {
    const outright = failing((call) => call === 5);
    expect((await run(outright, [batch([start(1), llm(1, 1)])])).map(accepted)).toEqual([-1]);
    const passing = { ...failing((call) => call === 5), mayPass: () => true };
    expect((await run(passing, [batch([start(1), llm(1, 1)])])).map(accepted)).toEqual([2]);
    const lasting = { ...failing((call) => call >= 5), mayPass: () => true };
    expect((await run(lasting, [batch([start(2), llm(2, 2)])])).map(accepted)).toEqual([-1]);
    expect(store.verify()).toMatchObject({ sessions: 1, events: 1, differences: [] });
  });

  test('a command that is refused writes nothing and wakes nobody', async () => {
    const engine = failing(() => false);
    const refused = command(async ({ tx, nowMs }) => {
      await tx.recordChanges(testOrgId, [{ kind: 'session', id: sessionId(1) }], nowMs);
      return failure('conflict', 'no');
    });
    const before = dump();
    expect(await run(engine, [refused])).toMatchObject([{ ok: false }]);
    expect(engine.takeChanged()).toEqual([]);
    expect(dump()).toBe(before);
  });

  test.each<[string, readonly object[][], () => GroupPart]>([
    ['ingest of everything', [], () => batch(everything)],
    ['ingest of the end of what is stored', [everything.slice(0, -1)], () => batch([end(1)])],
    ['ingest of what is stored', [everything], () => batch(everything)],
    [
      'the sweep',
      [[start(1), start(2)]],
      () => command((context) => closeStaleSessions({ ...context, nowMs: noonMs * 2 }, null)),
    ],
    [
      'the deletion of a session',
      [everything],
      () =>
        command((context) =>
          deleteSession(context, { orgId: testOrgId, sessionId: sessionId(1), actor: 'test' }),
        ),
    ],
    [
      'the move of a tree',
      [
        Array.from({ length: 510 }, (_, index) =>
          start(10 + index, { parent_session_id: sessionId(2) }),
        ),
        [start(1), start(2, { parent_session_id: sessionId(1) })],
      ],
      () => command((context) => moveQueuedTrees(context, null)),
    ],
  ])('%s: whichever store call fails, nothing is half written', async (_, before, part) => {
    for (const records of before) await store.ingest(records);
    const untouched = dump();
    const limit = 500;
    let failAt = 1;
    for (; failAt < limit; failAt += 1) {
      const engine = failing((call) => call === failAt);
      const [outcome] = await run(engine, [part()]);
      if (outcome?.ok === true) break;
      expect(outcome).toMatchObject({ ok: false, failure: { code: 'unavailable' } });
      expect(dump()).toBe(untouched);
      expect(engine.takeChanged()).toEqual([]);
    }
    expect(failAt).toBeGreaterThan(2);
    expect(failAt).toBeLessThan(limit);
    expect(store.verify().differences).toEqual([]);
  });

  test('the same part succeeds once the store is well again', async () => {
    const parts = [batch(everything)];
    expect(
      (
        await run(
          failing(() => true),
          parts,
        )
      ).map(accepted),
    ).toEqual([-1]);
    expect(
      (
        await run(
          failing(() => false),
          parts,
        )
      ).map(accepted),
    ).toEqual([everything.length]);
    expect(
      await run(
        failing(() => false),
        [command(async () => success(7))],
      ),
    ).toEqual([{ ok: true, value: 7 }]);
  });
});
