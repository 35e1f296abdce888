import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore, type TestStore } from '../../testing/open-store.ts';
import {
  end,
  error,
  eventId,
  iso,
  llm,
  noonMs,
  numbered,
  opening,
  senderId,
  sessionId,
  start,
  tool,
  update,
} from '../../testing/records.ts';

let store: TestStore;
beforeEach(() => {
  store = openStore(noonMs + 20_000);
});
afterEach(() => {
  expect(store.verify().differences).toEqual([]);
  store.close();
});

const at = (ms: number) => iso(noonMs + ms);

function event(number: number): Readonly<Record<string, unknown>> {
  const id = Buffer.from(eventId(number).replaceAll('-', ''), 'hex');
  const row = store.db.prepare('SELECT * FROM events WHERE id = ?').safeIntegers().get(id);
  return row as Record<string, unknown>;
}

describe('event', () => {
  test('is stored with its cost, model and tokens (C1, E3)', async () => {
    const answer = await store.ingest([start(1), llm(1, 1, { ...numbered(1, 1), name: 'plan' })]);
    expect(answer).toMatchObject({ accepted: 2, rejected: [], warnings: [] });
    expect(event(1)).toMatchObject({
      position: 1n,
      type: 'llm',
      state: 3n,
      after_end: 0n,
      name: 'plan',
      provider: 'openai',
      model: 'gpt-5',
      input_tokens: 10n,
      output_tokens: 4n,
      cost: 500_000_000n,
      cost_source: 'reported',
      seq: 1n,
      started_at: BigInt(noonMs + 1_000),
      ended_at: BigInt(noonMs + 2_000),
      latency_ms: 1_000,
    });
  });

  test('is priced by the book, class by class, with the price kept (C1)', async () => {
    const data = {
      provider: 'openai',
      model: 'gpt-4o-mini',
      input_tokens: 1_000,
      output_tokens: 200,
      cache_read_tokens: 400,
    };
    await store.ingest([start(1), llm(1, 1, { data })]);
    expect(event(1)).toMatchObject({
      cost_source: 'computed',
      cost: 240_000n,
      cost_classes: '{"input":"90000","cache_read":"30000","output":"120000"}',
    });
    const price = store.db.prepare('SELECT table_version, price FROM prices_used').all();
    expect(price).toEqual([
      {
        table_version: expect.stringMatching(/^genai-prices /),
        price: expect.stringContaining('"input":"0.15"'),
      },
    ]);
  });

  test('without a known price is unpriced, never free (S6)', async () => {
    const data = { provider: 'nobody', model: 'none', input_tokens: 5, output_tokens: 5 };
    await store.ingest([start(1), llm(1, 1, { data })]);
    expect(event(1)).toMatchObject({ cost: null, cost_source: 'unpriced' });
    expect(store.session(sessionId(1))).toMatchObject({ unpriced_count: 1n, total_cost: 0n });
  });

  test('that is open has neither cost nor step (E4)', async () => {
    await store.ingest([start(1), llm(1, 1, opening)]);
    expect(event(1)).toMatchObject({ state: 1n, cost: null, ended_at: null });
    expect(store.session(sessionId(1))).toMatchObject({ event_count: 1n, step_count: 0n });
  });

  test('an error raises error_count, a failed tool call does not (S2)', async () => {
    const failed = tool(1, 2, { level: 'error' });
    await store.ingest([start(1), error(1, 1), failed]);
    expect(store.session(sessionId(1))).toMatchObject({ error_count: 1n, step_count: 1n });
  });

  test('again, also with other content, is a duplicate that changes nothing (E4)', async () => {
    await store.ingest([start(1), llm(1, 1)]);
    const before = store.session(sessionId(1));
    const other = {
      type: 'tool',
      data: { cost_usd: 9 },
      started_at: at(5_000),
      ended_at: at(9_000),
    };
    const answer = await store.ingest([llm(1, 1, other), llm(1, 1)]);
    expect(answer).toMatchObject({ accepted: 0, duplicates: 2 });
    const after = store.session(sessionId(1));
    expect({ ...after, last_seen_at: 0, position: 0 }).toEqual({
      ...before,
      last_seen_at: 0,
      position: 0,
    });
    expect(event(1)).toMatchObject({ type: 'llm', cost: 500_000_000n });
  });

  test('of the same id in two sessions is two events (E4)', async () => {
    await store.ingest([start(1), start(2), llm(1, 1), llm(2, 1)]);
    expect(store.session(sessionId(1))['event_count']).toBe(1n);
    expect(store.session(sessionId(2))['event_count']).toBe(1n);
  });

  test('twice within one batch is one event (E4)', async () => {
    const answer = await store.ingest([start(1), llm(1, 1), llm(1, 1), llm(1, 1)]);
    expect(answer).toMatchObject({ accepted: 2, duplicates: 2 });
    expect(store.session(sessionId(1))).toMatchObject({ event_count: 1n, step_count: 1n });
  });

  test('never has a negative duration; latency_ms wins (E6)', async () => {
    const backwards = { started_at: at(3_000), ended_at: at(1_000) };
    await store.ingest([start(1), tool(1, 1, backwards), tool(1, 2, { latency_ms: 7.25 })]);
    expect(event(1)).toMatchObject({
      started_at: BigInt(noonMs + 3_000),
      ended_at: BigInt(noonMs + 3_000),
      ended_at_sent: BigInt(noonMs + 1_000),
      latency_ms: 0,
    });
    expect(event(2)['latency_ms']).toBe(7.25);
  });

  test('keeps data as it was sent, NUL and lone surrogates too', async () => {
    const data = { choice: 'a\u0000b\uD800c', own: { x: [1, 'ü'] } };
    await store.ingest([start(1), tool(1, 1, { type: 'decision', data })]);
    expect(JSON.parse(String(event(1)['data']))).toEqual(data);
    expect(String(event(1)['data'])).toContain('\\u0000b\\ud800');
    expect(event(1)['brief']).toBe('a\uFFFDb\uFFFDc');
  });

  test('carries money beyond 2^53 to the last nano-USD (S6)', async () => {
    const data = { model: 'x', input_tokens: 1, output_tokens: 1, cost_usd: 999_999.999999999 };
    const events = Array.from({ length: 12 }, (_, index) => llm(1, index + 1, { data }));
    await store.ingest([start(1), ...events]);
    expect(store.session(sessionId(1))['total_cost']).toBe(11_999_999_999_999_988n);
  });
});

describe('event.update', () => {
  const open = llm(1, 1, {
    ...numbered(1, 1),
    ...opening,
    name: 'plan',
    level: 'info',
    data: { model: 'gpt-5', provider: 'openai', input: 'q', own: 1 },
  });
  const closing = update(
    llm(1, 1, {
      ...numbered(1, 2),
      started_at: at(1_500),
      ended_at: at(4_000),
      name: 'answer',
      data: { output: 'a', cost_usd: 0.25, input_tokens: 3, output_tokens: 2, own: 2 },
    }),
  );
  const merged = {
    state: 3n,
    name: 'answer',
    level: 'info',
    seq: 1n,
    close_seq: 2n,
    started_at: BigInt(noonMs + 1_500),
    ended_at: BigInt(noonMs + 4_000),
    model: 'gpt-5',
    cost: 250_000_000n,
  };
  const data = {
    model: 'gpt-5',
    provider: 'openai',
    input: 'q',
    own: 2,
    output: 'a',
    cost_usd: 0.25,
    input_tokens: 3,
    output_tokens: 2,
  };

  test.each([
    ['after its opening', [[open], [closing]]],
    ['before its opening', [[closing], [open]]],
    ['beside its opening', [[closing, open]]],
    ['again', [[closing], [open], [open, closing]]],
  ])('%s: the closing record’s fields hold (E4)', async (_, batches) => {
    await store.ingest([start(1)]);
    for (const batch of batches) await store.ingest(batch);
    expect(event(1)).toMatchObject(merged);
    expect(JSON.parse(String(event(1)['data']))).toEqual(data);
    expect(store.session(sessionId(1))).toMatchObject({
      event_count: 1n,
      step_count: 1n,
      total_cost: 250_000_000n,
      received: 2n,
    });
  });

  test('alone counts already, and takes a new position when its opening comes (E4)', async () => {
    await store.ingest([start(1)]);
    await store.ingest([closing]);
    expect(store.session(sessionId(1))).toMatchObject({ step_count: 1n });
    const first = event(1)['position'] as bigint;
    await store.ingest([open]);
    expect(event(1)['position']).toBeGreaterThan(first);
  });

  test('of a finished event is a duplicate (E4)', async () => {
    await store.ingest([start(1), llm(1, 1)]);
    expect(await store.ingest([closing])).toMatchObject({ accepted: 0, duplicates: 1 });
    expect(event(1)['cost']).toBe(500_000_000n);
  });

  test('judges an event by the closing record (S5)', async () => {
    await store.ingest([start(1), open]);
    await store.ingest([end(1, 10_000, { sender: senderId(1), last_seq: 1 })]);
    await store.ingest([closing]);
    expect(event(1)['after_end']).toBe(1n);
    expect(store.session(sessionId(1))).toMatchObject({
      total_cost: 0n,
      late_cost: 250_000_000n,
      step_count: 0n,
    });
  });
});

describe('clocks', () => {
  test('times of a sender are moved by the offset of its first batch in the session (E6)', async () => {
    await store.ingest([start(1)]);
    const early = { ...numbered(1, 1), started_at: at(1_000), ended_at: at(2_000) };
    await store.ingest([tool(1, 1, early)], { sentAtMs: noonMs + 10_000 });
    expect(event(1)['started_at']).toBe(BigInt(noonMs + 11_000));
    const later = { ...numbered(1, 2), started_at: at(3_000), ended_at: at(3_500) };
    await store.ingest([tool(1, 2, later)], { sentAtMs: noonMs + 20_000 });
    expect(event(2)).toMatchObject({
      started_at: BigInt(noonMs + 13_000),
      started_at_sent: BigInt(noonMs + 3_000),
    });
  });

  test('never later than arrival (E6)', async () => {
    const future = { started_at: at(86_400_000), ended_at: at(86_401_000) };
    await store.ingest([start(1), tool(1, 1, future)]);
    expect(event(1)).toMatchObject({
      started_at: BigInt(store.nowMs),
      ended_at: BigInt(store.nowMs),
    });
  });
});
