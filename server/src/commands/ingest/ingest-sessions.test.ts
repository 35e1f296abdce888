import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addOrganisation, openStore, type TestStore } from '../../testing/open-store.ts';
import {
  end,
  heartbeat,
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

let store: TestStore;
beforeEach(() => {
  store = openStore(noonMs + 20_000);
});
afterEach(() => {
  expect(store.verify().differences).toEqual([]);
  store.close();
});

describe('session.start', () => {
  test('stores the whole identity (S1)', async () => {
    const record = start(1, {
      agent_id: 'router',
      goal: 'Refund order 4711',
      environment: 'staging',
      experiment_id: 'tone',
      variant: 'b',
      agent_version: '2.1',
      user_id: 'u-1',
      conversation_id: 'thread 7',
      tags: { team: 'billing' },
      metadata: { a: [1, { b: null }] },
      policy_source: 'file',
      policy_hash: 'abc',
    });
    const answer = await store.ingest([record]);
    expect(answer).toMatchObject({ accepted: 1, duplicates: 0, rejected: [], warnings: [] });
    expect(store.session(sessionId(1))).toMatchObject({
      status: 'running',
      agent_id: 'router',
      goal: 'Refund order 4711',
      goal_words: 'refund order 4711',
      environment: 'staging',
      experiment_id: 'tone',
      variant: 'b',
      agent_version: '2.1',
      user_id: 'u-1',
      conversation_id: 'thread 7',
      tags: '{"team":"billing"}',
      metadata: '{"a":[1,{"b":null}]}',
      policy_source: 'file',
      policy_hash: 'abc',
      started_at: BigInt(noonMs),
      ended_at: null,
      last_seen_at: BigInt(noonMs),
    });
  });

  test('defaults to production and to no agent (S10, A1)', async () => {
    await store.ingest([start(1)]);
    expect(store.session(sessionId(1))).toMatchObject({
      environment: 'production',
      agent_id: null,
      goal: null,
    });
  });

  test('again is a duplicate, also within one batch; other fields of it are ignored (S8)', async () => {
    const answer = await store.ingest([start(1, { user_id: 'a' }), start(1, { user_id: 'b' })]);
    expect(answer).toMatchObject({ accepted: 1, duplicates: 1, rejected: [] });
    expect(store.session(sessionId(1))['user_id']).toBe('a');
  });

  test('compares after defaults and cuts (S8)', async () => {
    const goal = 'x'.repeat(2_500);
    await store.ingest([start(1, { goal, environment: 'production', agent_id: '' })]);
    const again = start(1, { goal: goal.slice(0, 2_000), agent_id: null, variant: '' });
    expect(await store.ingest([again])).toMatchObject({ duplicates: 1, rejected: [] });
  });

  test('with another identity is a conflict that names the field (S8)', async () => {
    await store.ingest([start(1, { goal: 'a' })]);
    const { rejected } = await store.ingest([start(1, { goal: 'b' })]);
    expect(rejected).toEqual([
      {
        index: 0,
        code: 'conflict',
        message: `Session ${sessionId(1)} has started already with another goal: start a new session, or send what was sent first`,
        retryable: false,
      },
    ]);
    expect(store.session(sessionId(1))['goal']).toBe('a');
  });

  test('of another organisation’s id is a session of its own (O1)', async () => {
    const other = sessionId(0xee);
    addOrganisation(store.db, other);
    await store.ingest([start(1, { goal: 'a' }), llm(1, 1)]);
    const answer = await store.ingest([start(1, { goal: 'b' }), llm(1, 1)], { orgId: other });
    expect(answer).toMatchObject({ accepted: 2, duplicates: 0, rejected: [] });
    const count = store.db.prepare('SELECT count(*) FROM sessions').pluck().get();
    expect(count).toBe(2);
  });

  test('creates its agent once and counts its sessions (A1)', async () => {
    await store.ingest([start(1, { agent_id: 'router' }), start(2, { agent_id: 'router' })]);
    const agents = store.db.prepare('SELECT id, name, session_count FROM agents').all();
    expect(agents).toEqual([{ id: 'router', name: 'router', session_count: 2 }]);
  });
});

describe('signs of life', () => {
  test('a spool drained late is counted in full and stays stale at its newest sign (S3, S4)', async () => {
    store.nowMs = noonMs + 86_400_000;
    const answer = await store.ingest([start(1), llm(1, 1)]);
    expect(answer.sessions[0]).toMatchObject({ status: 'stale', total_cost: 0.5, step_count: 1 });
    expect(store.session(sessionId(1))).toMatchObject({
      status: 'stale',
      closed_by: 'server',
      ended_at: BigInt(noonMs + 2_000),
      last_seen_at: BigInt(noonMs + 2_000),
    });
  });

  test('an event whose sender’s clock is a day off is no old sign (S3, E6)', async () => {
    const sentAtMs = noonMs + 2_500 - 86_400_000;
    const lagging = { started_at: iso(sentAtMs - 1_500), ended_at: iso(sentAtMs - 500) };
    await store.ingest([start(1, { started_at: iso(sentAtMs - 2_000) }), llm(1, 1, lagging)], {
      sentAtMs,
    });
    expect(store.session(sessionId(1))).toMatchObject({
      status: 'running',
      started_at: BigInt(noonMs + 18_000),
      started_at_sent: BigInt(sentAtMs - 2_000),
      clock_offset_ms: 86_417_500n,
      last_seen_at: BigInt(noonMs + 19_500),
    });
  });

  test('a heartbeat wakes a stale session, dated by sent_at (S3, S4)', async () => {
    await store.ingest([start(1)]);
    store.nowMs = noonMs + 600_000;
    await store.ingest([llm(1, 1)]);
    expect(store.session(sessionId(1))['status']).toBe('stale');
    await store.ingest([heartbeat(1)], { sentAtMs: store.nowMs - 1_000 });
    expect(store.session(sessionId(1))).toMatchObject({
      status: 'running',
      ended_at: null,
      last_seen_at: BigInt(store.nowMs),
    });
  });

  test('an end is none (S3)', async () => {
    await store.ingest([start(1)]);
    store.nowMs += 100_000;
    await store.ingest([end(1)]);
    expect(store.session(sessionId(1))).toMatchObject({
      status: 'done',
      last_seen_at: BigInt(noonMs),
    });
  });

  test('metrics, signals and traces are none (S3)', async () => {
    await store.ingest([start(1)]);
    store.nowMs += 100_000;
    await store.ingest([metrics(1, { score: 1 }), signal(1, 1), trace(1, 1)]);
    expect(store.session(sessionId(1))['last_seen_at']).toBe(BigInt(noonMs));
  });

  test('heartbeats of unknown and ended sessions are warnings, the record is taken (wire)', async () => {
    await store.ingest([start(1), end(1)]);
    const answer = await store.ingest([heartbeat(1, 2)]);
    expect(answer).toMatchObject({
      accepted: 1,
      rejected: [],
      warnings: [
        `heartbeat of session ${sessionId(1)}: it is done`,
        `heartbeat of session ${sessionId(2)}: no such session`,
      ],
    });
    expect(answer.sessions.map((one) => one.session_id)).toEqual([sessionId(1)]);
  });
});

describe('session.end', () => {
  test('is final: an event later counts as after_end alone (S4, S5)', async () => {
    await store.ingest([start(1), llm(1, 1), end(1, 10_000)]);
    const late = { started_at: iso(noonMs + 11_000), ended_at: iso(noonMs + 12_000) };
    const answer = await store.ingest([llm(1, 2, late), end(1, 15_000)]);
    expect(answer).toMatchObject({ accepted: 1, duplicates: 1 });
    expect(store.session(sessionId(1))).toMatchObject({
      status: 'done',
      ended_at: BigInt(noonMs + 10_000),
      closed_by: 'sdk',
      total_cost: 500_000_000n,
      late_cost: 500_000_000n,
      event_count: 2n,
      step_count: 1n,
    });
  });

  test('comes last, wherever it stands in its batch (wire)', async () => {
    const answer = await store.ingest([end(1), llm(1, 1), start(1)]);
    expect(answer).toMatchObject({ accepted: 3, rejected: [] });
    expect(store.session(sessionId(1))).toMatchObject({ status: 'done', step_count: 1n });
  });

  test('moves what was stored before and lies behind it (S5)', async () => {
    const late = { started_at: iso(noonMs + 11_000), ended_at: iso(noonMs + 12_000) };
    await store.ingest([start(1), llm(1, 1), llm(1, 2, late)]);
    await store.ingest([end(1, 10_000)]);
    expect(store.session(sessionId(1))).toMatchObject({
      total_cost: 500_000_000n,
      late_cost: 500_000_000n,
      step_count: 1n,
      event_count: 2n,
    });
  });

  test('of a session that is stale makes it done (S4)', async () => {
    store.nowMs = noonMs + 86_400_000;
    await store.ingest([start(1)]);
    await store.ingest([end(1, 60_000)]);
    expect(store.session(sessionId(1))).toMatchObject({ status: 'done', closed_by: 'sdk' });
  });
});

describe('records of unknown sessions', () => {
  test('are refused for now, each by itself (E5)', async () => {
    const answer = await store.ingest([llm(9, 1), start(1), metrics(9, {}), end(9)]);
    const message = `Session ${sessionId(9)} has not started: send its session.start, then this record again`;
    const refused = { code: 'session_not_found', message, retryable: true };
    expect(answer).toMatchObject({ accepted: 1, duplicates: 0 });
    expect(answer.rejected).toEqual([0, 2, 3].map((index) => ({ index, ...refused })));
  });

  test('are not counted as refused in any ledger (D1)', async () => {
    await store.ingest([llm(1, 1, numbered(1, 1))]);
    await store.ingest([start(1), llm(1, 1, numbered(1, 1))]);
    expect(store.session(sessionId(1))).toMatchObject({ received: 1n, refused: 0n });
  });
});
