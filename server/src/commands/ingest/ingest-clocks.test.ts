import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore, type TestStore } from '../../testing/open-store.ts';
import {
  end,
  iso,
  llm,
  metrics,
  noonMs,
  numbered,
  sessionId,
  signal,
  start,
  trace,
} from '../../testing/records.ts';

const nowMs = noonMs + 20_000;
const dayMs = 86_400_000;

let store: TestStore;
beforeEach(() => {
  store = openStore(nowMs);
});
afterEach(() => {
  expect(store.verify().differences).toEqual([]);
  store.close();
});

function metricsOf(session: number): unknown {
  return JSON.parse(String(store.session(sessionId(session))['metrics']));
}

function occurredAt(table: 'signals' | 'decision_traces'): unknown {
  return store.db.prepare(`SELECT occurred_at FROM ${table}`).pluck().all();
}

describe('a clock that is 10 days ahead', () => {
  const ahead = { sentAtMs: nowMs + 10 * dayMs };
  const recorded = { recorded_at: iso(nowMs - 5_000 + 10 * dayMs) };

  test('does not close a session to its metrics (E6, S7)', async () => {
    await store.ingest([start(1), end(1)]);
    const answer = await store.ingest([metrics(1, { score: 0.9 }, recorded)], ahead);
    expect(answer.rejected).toEqual([]);
    expect(metricsOf(1)).toEqual({ score: 0.9 });
  });

  test('does not make its metrics the newest for ever (E6, S7)', async () => {
    const own = { ...recorded, ...numbered(1, 1) };
    await store.ingest([start(1), metrics(1, { score: 0.1 }, own)], ahead);
    const later = { ...numbered(2, 1), recorded_at: iso(nowMs - 4_000) };
    await store.ingest([metrics(1, { score: 0.9 }, later)]);
    expect(metricsOf(1)).toEqual({ score: 0.9 });
  });

  test('lists signals and traces when they happened (E6)', async () => {
    const occurred = { occurred_at: iso(nowMs - 3_000 + 10 * dayMs) };
    const own = { ...occurred, ...numbered(1, 1) };
    await store.ingest([start(1), signal(1, 1, own), trace(1, 1, occurred)], ahead);
    expect(occurredAt('signals')).toEqual([nowMs - 3_000]);
    expect(occurredAt('decision_traces')).toEqual([nowMs - 3_000]);
  });

  test('lists the organisation’s own signals when they happened (E6)', async () => {
    const occurred = { occurred_at: iso(nowMs - 3_000 + 10 * dayMs), ...numbered(1, 1) };
    await store.ingest([signal(null, 1, occurred)], ahead);
    expect(occurredAt('signals')).toEqual([nowMs - 3_000]);
  });
});

describe('a moment yet to come', () => {
  const later = iso(nowMs + dayMs);

  test('is arrival: the next metric wins over it (E6, S7)', async () => {
    await store.ingest([start(1), metrics(1, { score: 0.1 }, { recorded_at: later })]);
    store.nowMs += 10;
    await store.ingest([metrics(1, { score: 0.9 }, { recorded_at: iso(store.nowMs) })]);
    expect(metricsOf(1)).toEqual({ score: 0.9 });
  });

  test('is arrival in the feed of signals (E6)', async () => {
    await store.ingest([start(1), signal(1, 1, { occurred_at: later })]);
    expect(occurredAt('signals')).toEqual([nowMs]);
  });
});

test('times that the wire cannot tell become the first that it can (E6)', async () => {
  const first = '0001-01-01T00:00:00Z';
  const records = [start(1, { started_at: first }), llm(1, 1, { started_at: first })];
  await store.ingest(records, { sentAtMs: Date.UTC(9999, 11, 31) });
  const { started_at: startedAt } = store.session(sessionId(1));
  expect(iso(Number(startedAt))).toBe('0000-01-01T00:00:00.000Z');
});

describe('the answer', () => {
  test('holds a session whose every record was refused (E5)', async () => {
    await store.ingest([start(1), llm(1, 1)]);
    const { rejected, sessions } = await store.ingest([llm(1, 2, { type: 'unheard' })]);
    expect(rejected).toMatchObject([{ code: 'invalid' }]);
    expect(sessions).toMatchObject([{ session_id: sessionId(1), total_cost: 0.5, step_count: 1 }]);
  });

  test('tells the day of an agent whose environment has a line break in its name', async () => {
    const { sessions } = await store.ingest([
      start(1, { agent_id: 'a', environment: 'two\nlines' }),
      llm(1, 1),
    ]);
    expect(sessions).toMatchObject([{ day_cost: 0.5, day_steps: 1, org_day_cost: 0.5 }]);
  });
});
