import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore, type TestStore } from '../testing/open-store.ts';
import {
  llm,
  metrics,
  noonMs,
  sessionId,
  signal,
  start,
  testOrgId,
  tool,
  trace,
} from '../testing/records.ts';
import { deleteSession } from './delete-session.ts';

let store: TestStore;
beforeEach(() => {
  store = openStore(noonMs + 20_000);
});
afterEach(() => {
  expect(store.verify().differences).toEqual([]);
  store.close();
});

/** Every text that a session brings, with its number in it. */
const textsOf = (number: number) => ({
  goal: `goalof${number}x`,
  name: `nameof${number}x`,
  input: `inputof${number}x`,
  message: `messageof${number}x`,
  inputs: `inputsof${number}x`,
  tag: `tagof${number}x`,
  user: `userof${number}x`,
  metadata: `metadataof${number}x`,
});

async function run(number: number): Promise<void> {
  const texts = textsOf(number);
  await store.ingest([
    start(number, {
      goal: texts.goal,
      user_id: texts.user,
      tags: { tag: texts.tag },
      metadata: { text: texts.metadata },
    }),
  ]);
  for (let event = 0; event < 30; event += 1) {
    const input = texts.input.repeat(1 + 17 * event);
    await store.ingest([
      tool(number, number * 100 + event, { name: texts.name, data: { input } }),
      metrics(number, { [texts.metadata]: event }),
    ]);
  }
  await store.ingest([
    llm(number, number * 100 + 99),
    signal(number, number, { message: texts.message }),
    trace(number, number, { inputs: { text: texts.inputs } }),
  ]);
}

function leftOf(texts: readonly string[]): string[] {
  store.db.pragma('wal_checkpoint(TRUNCATE)');
  const file = readFileSync(store.path);
  return texts.filter((text) => file.includes(text));
}

describe('deleteSession()', () => {
  test('leaves no byte of what the session said in the file (storage)', async () => {
    for (const number of [1, 2, 3]) await run(number);
    const texts = Object.values(textsOf(2));
    expect(leftOf(texts)).toEqual(texts);
    const args = { orgId: testOrgId, sessionId: sessionId(2), actor: 'key "k"' };
    expect((await store.run(deleteSession, args)).ok).toBe(true);
    expect(leftOf(texts)).toEqual([]);
    expect(leftOf(Object.values(textsOf(3)))).toEqual(Object.values(textsOf(3)));
  });

  test('publishes its root, also when its parent is gone already (S9)', async () => {
    const under = (parent: number) => ({ parent_session_id: sessionId(parent) });
    await store.ingest([start(1), start(2, under(1)), start(3, under(2)), llm(3, 1)]);
    await store.run(deleteSession, { orgId: testOrgId, sessionId: sessionId(2) });
    store.db.exec('DELETE FROM changes');
    store.nowMs += 5_000;
    await store.run(deleteSession, { orgId: testOrgId, sessionId: sessionId(3) });
    const changes = store.db
      .prepare('SELECT kind, lower(hex(row_id)) AS id FROM changes ORDER BY kind')
      .all();
    expect(changes).toEqual([
      { kind: 'deleted', id: sessionId(3).replaceAll('-', '') },
      { kind: 'session', id: sessionId(1).replaceAll('-', '') },
    ]);
  });

  test('leaves nothing of its signals in the live feed', async () => {
    await store.ingest([start(1), signal(1, 1), start(2), signal(2, 2)]);
    await store.run(deleteSession, { orgId: testOrgId, sessionId: sessionId(1) });
    const kinds = store.db.prepare('SELECT kind, count(*) FROM changes GROUP BY 1').raw().all();
    expect(kinds).toEqual([
      ['deleted', 1],
      ['session', 1],
      ['signal', 1],
    ]);
  });

  test('tells the audit log which session, and nothing that it said', async () => {
    await run(1);
    const args = { orgId: testOrgId, sessionId: sessionId(1), actor: 'key "k"' };
    await store.run(deleteSession, args);
    const rows = store.db.prepare('SELECT actor, action, target, before, after FROM audit').all();
    expect(rows).toEqual([
      {
        actor: 'key "k"',
        action: 'delete-session',
        target: sessionId(1),
        before: '{"status":"running","startedAt":"2026-06-15T12:00:00.000Z"}',
        after: null,
      },
    ]);
  });
});
