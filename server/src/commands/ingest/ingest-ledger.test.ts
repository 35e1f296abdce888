import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore, type TestStore } from '../../testing/open-store.ts';
import {
  close,
  end,
  llm,
  metrics,
  noonMs,
  numbered,
  senderId,
  sessionId,
  signal,
  start,
  tool,
  trace,
} from '../../testing/records.ts';

let store: TestStore;
beforeEach(() => {
  store = openStore(noonMs + 20_000);
});
afterEach(() => {
  expect(store.verify().differences).toEqual([]);
  store.close();
});

function delivery(session: number) {
  const row = store.session(sessionId(session));
  const counts = ['expected', 'received', 'refused', 'missing', 'dropped', 'open_senders'];
  return Object.fromEntries(
    [...counts, 'incomplete'].map((name) => [name, Number(row[name])] as const),
  );
}

const whole = {
  expected: 0,
  received: 0,
  refused: 0,
  missing: 0,
  dropped: 0,
  open_senders: 0,
  incomplete: 0,
};

describe('the delivery ledger', () => {
  test('counts every numbered record once, whatever its kind (D1)', async () => {
    const records = [
      start(1),
      llm(1, 1, numbered(1, 1)),
      metrics(1, { score: 1 }, numbered(1, 2)),
      signal(1, 1, numbered(1, 3)),
      trace(1, 1, numbered(1, 4)),
      end(1, 10_000, { sender: senderId(1), last_seq: 4 }),
    ];
    await store.ingest(records);
    await store.ingest(records);
    expect(delivery(1)).toEqual({ ...whole, expected: 4, received: 4 });
  });

  test('records without a number stand outside it (D1)', async () => {
    await store.ingest([start(1), llm(1, 1), metrics(1, { a: 1 }), end(1)]);
    expect(delivery(1)).toEqual(whole);
  });

  test('a hole is missing; a sender that never closed is open (D1)', async () => {
    await store.ingest([start(1), llm(1, 1, numbered(1, 1)), llm(1, 2, numbered(1, 4))]);
    const running = { ...whole, expected: 4, received: 2, missing: 2, open_senders: 1 };
    expect(delivery(1)).toEqual(running);
    await store.ingest([end(1, 10_000, { sender: senderId(2), last_seq: 0 })]);
    expect(delivery(1)).toEqual({ ...running, incomplete: 1 });
    const rest = [tool(1, 3, numbered(1, 2)), tool(1, 4, numbered(1, 3)), close(1, 1, 4)];
    await store.ingest(rest);
    expect(delivery(1)).toEqual({ ...whole, expected: 4, received: 4 });
  });

  test('what a sender lost is dropped, by reason; the greatest of each holds (D1)', async () => {
    const dropped = { queue_full: 2, too_large: 1 };
    await store.ingest([start(1), llm(1, 1, numbered(1, 1))]);
    await store.ingest([close(1, 1, 4, { dropped })]);
    await store.ingest([close(1, 1, 3, { dropped: { queue_full: 1, disk: 1 } })]);
    expect(delivery(1)).toMatchObject({ expected: 4, received: 1, dropped: 4, missing: 0 });
    expect(store.session(sessionId(1))['dropped_by']).toBe(
      '{"queue_full":2,"too_large":1,"disk":1}',
    );
    expect(await store.ingest([close(1, 1, 4, { dropped })])).toMatchObject({ duplicates: 1 });
  });

  test('a final refusal of a numbered record is refused, not missing (D1)', async () => {
    const bad = llm(1, 2, { ...numbered(1, 2), type: 'thought' });
    const answer = await store.ingest([start(1), llm(1, 1, numbered(1, 1)), bad]);
    expect(answer.rejected).toMatchObject([{ index: 2, code: 'invalid', retryable: false }]);
    expect(delivery(1)).toMatchObject({ expected: 2, received: 1, refused: 1, missing: 0 });
    await store.ingest([bad]);
    expect(delivery(1)).toMatchObject({ refused: 1 });
  });

  test('metrics that are refused are counted too (S7, D1)', async () => {
    await store.ingest([start(1), metrics(1, { score: 7 }, numbered(1, 1))]);
    expect(delivery(1)).toMatchObject({ expected: 1, received: 0, refused: 1 });
  });

  test('the end closes its sender, with what it dropped and omitted (D1)', async () => {
    const ending = { last_seq: 3, dropped: { queue_full: 2 }, omitted: { metrics_refused: 5 } };
    await store.ingest([start(1), llm(1, 1, numbered(1, 1))]);
    await store.ingest([end(1, 10_000, { sender: senderId(1), ...ending })]);
    expect(delivery(1)).toEqual({
      ...whole,
      expected: 3,
      received: 1,
      dropped: 2,
      incomplete: 1,
    });
    const omitted = store.db.prepare('SELECT omitted FROM senders').pluck().get();
    expect(omitted).toBe('{"metrics_refused":5}');
  });

  test('a close may come after the end, and again; a higher number reopens (D1)', async () => {
    await store.ingest([start(1), end(1, 10_000, { sender: senderId(1), last_seq: 0 })]);
    await store.ingest([close(1, 2, 1)]);
    expect(delivery(1)).toMatchObject({ expected: 1, missing: 1, incomplete: 1 });
    await store.ingest([tool(1, 1, numbered(2, 1))]);
    expect(delivery(1)).toMatchObject({ missing: 0, incomplete: 0 });
    await store.ingest([tool(1, 2, numbered(2, 2))]);
    expect(delivery(1)).toMatchObject({ expected: 2, open_senders: 1, incomplete: 1 });
  });

  test('metrics of a number already taken are a duplicate and change nothing (wire)', async () => {
    await store.ingest([start(1), metrics(1, { score: 0.1 }, numbered(1, 1))]);
    const again = await store.ingest([metrics(1, { score: 0.9 }, numbered(1, 1))]);
    expect(again).toMatchObject({ accepted: 0, duplicates: 1 });
    expect(store.session(sessionId(1))['score']).toBe(0.1);
  });

  test('two senders with the same numbers are two ledgers (D1)', async () => {
    await store.ingest([start(1), llm(1, 1, numbered(1, 1)), llm(1, 2, numbered(2, 1))]);
    expect(delivery(1)).toMatchObject({ expected: 2, received: 2, open_senders: 2 });
  });
});

describe('metrics, signals and traces', () => {
  test('each change of a metric is stored and shown in its own column (S7)', async () => {
    await store.ingest([start(1), metrics(1, { goal_completed: true, score: 0.25, csat: 4 })]);
    expect(store.session(sessionId(1))).toMatchObject({
      goal_completed: 1n,
      score: 0.25,
      metrics: '{"goal_completed":true,"score":0.25,"csat":4}',
    });
  });

  test('more than 7 days after the end they are session_closed (S7)', async () => {
    await store.ingest([start(1), end(1)]);
    const late = { recorded_at: new Date(noonMs + 8 * 86_400_000).toISOString() };
    const { rejected } = await store.ingest([metrics(1, { score: 1 }, late)]);
    expect(rejected).toMatchObject([{ code: 'session_closed', retryable: false }]);
  });

  test('in the batch of the end itself they come before it, whatever recorded_at says (S7, wire)', async () => {
    const late = { recorded_at: new Date(noonMs + 8 * 86_400_000).toISOString() };
    const answer = await store.ingest([start(1), end(1), metrics(1, { score: 1 }, late)]);
    expect(answer).toMatchObject({ accepted: 3, rejected: [] });
    expect(store.session(sessionId(1))).toMatchObject({ status: 'done', score: 1 });
  });

  test('a signal without a session is the organisation’s (G1)', async () => {
    const answer = await store.ingest([signal(null, 1)]);
    expect(answer).toMatchObject({ accepted: 1, rejected: [], sessions: [] });
    const rows = store.db.prepare('SELECT session_id, message FROM signals').all();
    expect(rows).toEqual([{ session_id: null, message: 'spent more than usual' }]);
  });

  test('a guardrail’s abort marks the session as aborted (P6)', async () => {
    const abort = { type: 'guardrail', subtype: 'cost_limit', action: 'abort' };
    await store.ingest([start(1), start(2), signal(1, 1, abort), trace(2, 2)]);
    expect(store.session(sessionId(1))).toMatchObject({ aborted: 1n, signal_count: 1n });
    expect(store.session(sessionId(2))).toMatchObject({ aborted: 0n, trace_count: 1n });
  });

  test('a trace known by id gathers who decided (P7)', async () => {
    await store.ingest([start(1), trace(1, 1, { decided_by: 'server', enforced: false })]);
    const again = await store.ingest([trace(1, 1)]);
    expect(again).toMatchObject({ accepted: 0, duplicates: 1 });
    const rows = store.db.prepare('SELECT decided_by, enforced FROM decision_traces').all();
    expect(rows).toEqual([{ decided_by: 'server,sdk', enforced: 1 }]);
  });

  test('an acknowledgement of an unknown command is invalid (wire)', async () => {
    const ack = {
      kind: 'command.ack',
      session_id: sessionId(1),
      command_id: sessionId(7),
      state: 'obeyed',
      at: new Date(noonMs).toISOString(),
    };
    const { rejected } = await store.ingest([start(1), ack]);
    expect(rejected).toMatchObject([{ index: 1, code: 'invalid', retryable: false }]);
  });
});
