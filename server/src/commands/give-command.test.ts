import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore, type TestStore } from '../testing/open-store.ts';
import { end, iso, llm, noonMs, sessionId, signal, start, testOrgId } from '../testing/records.ts';
import { giveCommand, openCommandLimit, type GiveCommand } from './give-command.ts';

let store: TestStore;
beforeEach(() => {
  store = openStore(noonMs + 20_000);
});
afterEach(() => {
  expect(store.verify().differences).toEqual([]);
  store.close();
});

function give(session: number, more: Partial<GiveCommand> = {}) {
  return store.run(giveCommand, {
    orgId: testOrgId,
    actor: 'Ada',
    sessionId: sessionId(session),
    command: 'abort',
    args: { reason: 'runaway' },
    scope: 'session',
    ...more,
  });
}

function ack(session: number, commandId: string, state: string, more: object = {}) {
  const at = iso(noonMs + 19_000);
  return {
    kind: 'command.ack',
    session_id: sessionId(session),
    command_id: commandId,
    state,
    at,
    ...more,
  };
}

async function givenId(session: number, more: Partial<GiveCommand> = {}): Promise<string> {
  const given = await give(session, more);
  if (!given.ok) throw new Error(given.failure.message);
  return given.value.command.id;
}

describe('giveCommand()', () => {
  test('stands in every answer for its session until it is obeyed (G3, wire)', async () => {
    await store.ingest([start(1), start(2)]);
    const id = await givenId(1);
    const order = {
      session_id: sessionId(1),
      command_id: id,
      command: 'abort',
      args: { reason: 'runaway' },
    };
    expect((await store.ingest([llm(1, 1)])).control).toEqual([order]);
    expect((await store.ingest([llm(2, 2)])).control).toEqual([]);
    const delivered = await store.ingest([ack(1, id, 'delivered')]);
    expect(delivered).toMatchObject({ accepted: 1, control: [order] });
    const obeyed = await store.ingest([ack(1, id, 'obeyed'), ack(1, id, 'obeyed')]);
    expect(obeyed).toMatchObject({ accepted: 1, duplicates: 1, control: [] });
  });

  test('leaves a signal and an audit row (G3)', async () => {
    await store.ingest([start(1, { agent_id: 'router' })]);
    await give(1);
    const signals = store.db
      .prepare('SELECT type, subtype, action, severity, agent_id, message FROM signals')
      .all();
    expect(signals).toEqual([
      {
        type: 'control',
        subtype: 'operator',
        action: 'abort',
        severity: 'warning',
        agent_id: 'router',
        message: 'Ada: abort this session',
      },
    ]);
    const [deed] = store.db.prepare('SELECT actor, action, after FROM audit').all();
    expect(deed).toEqual({
      actor: 'Ada',
      action: 'give-command',
      after: '{"command":"abort","args":{"reason":"runaway"},"scope":"session","sessions":1}',
    });
  });

  test('the signal tells the limit, and what was spent when it was asked for (G1, G3)', async () => {
    await store.ingest([start(1), llm(1, 1)]);
    await give(1, { command: 'limit', args: { cost_usd: 0.25, steps: 9 } });
    await give(1, { command: 'limit', args: { steps: 8 }, scope: 'tree' });
    const signals = store.db.prepare('SELECT message, data FROM signals ORDER BY id').all();
    expect(signals).toMatchObject([
      { message: 'Ada: limit this session to $0.25 and 9 steps; found $0.5 and 1 step' },
      { message: 'Ada: limit this session and 0 below it to 8 steps; found $0.5 and 1 step' },
    ]);
    const [first] = signals as { data: string }[];
    expect(JSON.parse(first?.data ?? '')).toEqual({
      command: 'limit',
      args: { cost_usd: 0.25, steps: 9 },
      scope: 'session',
      actor: 'Ada',
      found: { cost_usd: 0.5, steps: 1 },
    });
  });

  test('end closes a session that nobody closes, by the operator, and is obeyed at once (G3, S4)', async () => {
    await store.ingest([start(1), llm(1, 1)]);
    await give(1, { command: 'end', args: {} });
    expect(store.session(sessionId(1))).toMatchObject({
      status: 'done',
      closed_by: 'operator',
      ended_at: BigInt(noonMs + 20_000),
    });
    const again = await give(1);
    expect(again).toMatchObject({ ok: false, failure: { code: 'session_closed' } });
    expect((await store.ingest([llm(1, 2)])).control).toEqual([]);
  });

  test('reaches the running sessions of a tree, and those that begin in it later (G3)', async () => {
    const below = (parent: number) => ({ parent_session_id: sessionId(parent) });
    await store.ingest([start(1), start(2, below(1)), start(3, below(2)), end(3), start(4)]);
    const given = await give(1, { scope: 'tree' });
    expect(given).toMatchObject({ ok: true, value: { sessions: 2 } });
    const answer = await store.ingest([start(5, below(2)), llm(2, 1), llm(4, 2)]);
    expect(answer.control.map((one) => one.session_id).toSorted()).toEqual([
      sessionId(2),
      sessionId(5),
    ]);
  });

  test('a command of the session alone reaches no session below it (G3)', async () => {
    await store.ingest([start(1)]);
    await give(1);
    const answer = await store.ingest([start(2, { parent_session_id: sessionId(1) })]);
    expect(answer.control).toEqual([]);
  });

  test('a limit is only ever lowered (G3)', async () => {
    await store.ingest([start(1)]);
    await give(1, { command: 'limit', args: { cost_usd: 1 } });
    const raised = await give(1, { command: 'limit', args: { cost_usd: 2 } });
    expect(raised).toMatchObject({
      ok: false,
      failure: {
        code: 'invalid',
        message: expect.stringContaining('can only be lowered: 1 stands, got 2'),
      },
    });
    expect(await give(1, { command: 'limit', args: { cost_usd: 0.5 } })).toMatchObject({
      ok: true,
    });
  });

  test('refuses what is no session, and too many that wait', async () => {
    expect(await give(9)).toMatchObject({ ok: false, failure: { code: 'not_found' } });
    await store.ingest([start(1)]);
    for (let count = 0; count < openCommandLimit; count += 1) await givenId(1);
    expect(await give(1)).toMatchObject({ ok: false, failure: { code: 'over_limit' } });
  });
});

describe('command.ack', () => {
  test('of a command nobody gave is refused (wire)', async () => {
    await store.ingest([start(1), start(2)]);
    const id = await givenId(1);
    const answer = await store.ingest([ack(2, id, 'obeyed'), ack(1, sessionId(77), 'obeyed')]);
    expect(answer.rejected.map(({ index, code, retryable }) => [index, code, retryable])).toEqual([
      [0, 'invalid', false],
      [1, 'invalid', false],
    ]);
  });

  test('of an abort that was obeyed marks the session as aborted, no other does (G3, P6)', async () => {
    await store.ingest([start(1), start(2), start(3)]);
    const ids = [
      await givenId(1),
      await givenId(2),
      await givenId(3, { command: 'pause', args: { max_seconds: 9 } }),
    ] as const;
    await store.ingest([
      ack(1, ids[0], 'obeyed'),
      ack(2, ids[1], 'refused'),
      ack(3, ids[2], 'obeyed'),
    ]);
    const aborted = [1, 2, 3].map((session) => store.session(sessionId(session))['aborted']);
    expect(aborted).toEqual([1n, 0n, 0n]);
  });

  test('the signal of a run that an operator’s limit stopped marks the session as aborted (G3, P6)', async () => {
    await store.ingest([start(1), start(2)]);
    const stopped = { type: 'control', subtype: 'operator', severity: 'critical' };
    await store.ingest([
      signal(1, 1, { ...stopped, action: 'abort' }),
      signal(2, 2, { ...stopped, action: 'limit' }),
    ]);
    const aborted = [1, 2].map((session) => store.session(sessionId(session))['aborted']);
    expect(aborted).toEqual([1n, 0n]);
  });

  test('keeps why a command was refused, and shows the session as changed (G3)', async () => {
    await store.ingest([start(1)]);
    const id = await givenId(1, { command: 'model', args: { model: 'small' } });
    const before = store.db.prepare('SELECT revision FROM organisations').pluck().get();
    await store.ingest([ack(1, id, 'refused', { reason: 'this agent has one model' })]);
    const [row] = store.db
      .prepare('SELECT delivered_at, refused_at, refused_reason FROM control_commands')
      .all();
    expect(row).toEqual({
      delivered_at: noonMs + 19_000,
      refused_at: noonMs + 19_000,
      refused_reason: 'this agent has one model',
    });
    expect(store.db.prepare('SELECT revision FROM organisations').pluck().get()).not.toBe(before);
  });
});
