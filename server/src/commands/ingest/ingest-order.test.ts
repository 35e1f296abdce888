import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore, type TestStore } from '../../testing/open-store.ts';
import {
  close,
  end,
  error,
  iso,
  llm,
  metrics,
  noonMs,
  numbered,
  opening,
  sessionId,
  signal,
  start,
  tool,
  trace,
  update,
} from '../../testing/records.ts';

let store: TestStore;
beforeEach(() => {
  store = openStore(noonMs + 60_000);
});
afterEach(() => store.close());

const at = (ms: number) => iso(noonMs + ms);

/** A tree of three with two senders, open events, events after the end, metrics, signals, traces and closes. */
const records: readonly object[] = [
  start(1, { agent_id: 'router', goal: 'refund order' }),
  start(2, { agent_id: 'drafter', parent_session_id: sessionId(1) }),
  start(3, { parent_session_id: sessionId(2), environment: 'staging' }),
  llm(1, 1, numbered(1, 1)),
  llm(1, 2, { ...numbered(1, 2), ...opening }),
  update(llm(1, 2, { ...numbered(1, 3), ended_at: at(3_000) })),
  error(1, 3, numbered(1, 4)),
  llm(1, 4, { ...numbered(2, 1), started_at: at(9_000), ended_at: at(12_000) }),
  llm(1, 5, { ...numbered(2, 2), started_at: at(10_001), ended_at: at(12_000) }),
  llm(1, 6, { ...numbered(1, 6), started_at: at(4_000), ended_at: at(5_000) }),
  metrics(1, { score: 0.5 }, numbered(1, 5)),
  signal(1, 1),
  trace(1, 1),
  end(1, 10_000, { sender: numbered(1, 5).sender, last_seq: 5, dropped: { queue_full: 1 } }),
  close(1, 2, 3),
  tool(2, 7, numbered(1, 1)),
  llm(2, 8, { data: { model: 'unknown-model', input_tokens: 3, output_tokens: 4 } }),
  tool(3, 9, numbered(1, 2)),
  end(2, 20_000),
];

async function sendAll(target: TestStore, batches: readonly (readonly object[])[]): Promise<void> {
  let waiting: object[] = [];
  for (const batch of batches) {
    const sent = [...batch, ...waiting];
    if (sent.length === 0) continue;
    const { rejected } = await target.ingest(sent, { sentAtMs: null });
    for (const one of rejected) expect(one.code).toBe('session_not_found');
    waiting = rejected.map(({ index }) => sent[index] ?? {});
  }
  if (waiting.length > 0) {
    const { rejected } = await target.ingest(waiting, { sentAtMs: null });
    expect(rejected).toEqual([]);
  }
}

const volatile = new Set(['session_key', 'position']);

function stateOf(target: TestStore): unknown {
  return [1, 2, 3].map((number) =>
    Object.fromEntries(
      Object.entries(target.session(sessionId(number))).filter(([name]) => !volatile.has(name)),
    ),
  );
}

test('ingest gives the totals that the rules say (S5, E3, E4, D1)', async () => {
  await sendAll(store, [records]);
  expect(store.session(sessionId(1))).toMatchObject({
    status: 'done',
    total_cost: 1_500_000_000n,
    late_cost: 1_000_000_000n,
    event_count: 6n,
    step_count: 3n,
    llm_count: 3n,
    error_count: 1n,
    input_tokens: 30n,
    output_tokens: 12n,
    expected: 9n,
    received: 8n,
    missing: 1n,
    dropped: 1n,
    open_senders: 1n,
    signal_count: 1n,
    trace_count: 1n,
  });
  expect(store.verify().differences).toEqual([]);
});

test('any order, any duplication and any split give the same totals (E4, S5, S9, D1)', async () => {
  await sendAll(store, [records]);
  const expected = stateOf(store);
  const copies = fc.array(fc.nat(records.length - 1), { maxLength: 20 });
  const order = fc.shuffledSubarray([...records.keys()], { minLength: records.length });
  const cuts = fc.array(fc.nat(records.length + 20), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(order, copies, cuts, async (indexes, again, splits) => {
      const sent = [...indexes, ...again].map((index) => records[index] ?? {});
      const bounds = [0, ...splits.toSorted((a, b) => a - b), sent.length];
      const batches = bounds.slice(1).map((to, index) => sent.slice(bounds[index], to));
      const other = openStore(store.nowMs);
      try {
        await sendAll(other, batches);
        expect(stateOf(other)).toEqual(expected);
        expect(other.verify().differences).toEqual([]);
      } finally {
        other.close();
      }
    }),
    { numRuns: 30 },
  );
}, 120_000);
