import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { decideConfig, gatherConfig, type Config } from '../config.ts';
import { copyDatabase } from '../operations/copy-database.ts';
import { deleteWithReceipt } from '../operations/delete-with-receipt.ts';
import { openStore } from '../testing/open-store.ts';
import { createDatabase } from '../testing/postgres-database.ts';
import {
  iso,
  llm,
  noonMs,
  sessionId,
  signal,
  start,
  testOrgId,
  tool,
  trace,
} from '../testing/records.ts';
import { runProgram } from '../testing/run-program.ts';
import { verifyDatabase } from './postgres/verify.ts';
import { openErasure } from './sqlite/erasure.ts';
import { verifyFile } from './sqlite/verify.ts';

vi.setConfig({ testTimeout: 60_000 });

const key = 'nk_test_0123456789abcdef0123456789abcdef';
let dataDir: string;
let path: string;

/** What only this session says, long and short. */
const textsOf = (number: number) => ({
  goal: `the goal of session ${number} alone`,
  input: `input ${number} `.repeat(3_000),
  user: `user-of-session-${number}@example.com`,
  message: `a message about session ${number}`,
});

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'niitaka-'));
  path = join(dataDir, 'niitaka.db');
  const store = openStore(noonMs);
  for (let number = 1; number <= 4; number += 1) {
    const texts = textsOf(number);
    const agent = number === 4 ? 'other' : 'doomed';
    await store.ingest([
      start(number, { agent_id: agent, goal: texts.goal, user_id: texts.user, tags: { k: 'v' } }),
      llm(number, number * 10),
      tool(number, number * 10 + 1, { data: { input: texts.input } }),
      tool(number, number * 10 + 2, { data: { input: 'said by every session, word for word' } }),
      signal(number, number, { message: texts.message }),
      trace(number, number),
    ]);
  }
  store.db.pragma('wal_checkpoint(TRUNCATE)');
  copyFileSync(store.path, path);
  store.close();
});

function configOf(more: Record<string, string> = {}): Config {
  const decided = decideConfig(gatherConfig({ NIITAKA_DATA: dataDir, ...more }));
  if (!decided.ok) throw new Error(decided.problems.join('\n'));
  return decided.config;
}

function leftOf(number: number): string[] {
  const file = readFileSync(path);
  return Object.values(textsOf(number)).filter((text) => file.includes(text.slice(0, 60)));
}

describe('deleteWithReceipt()', () => {
  test('of a session: every table and index, counts, and no byte that is left (storage)', async () => {
    expect(leftOf(2)).toHaveLength(4);
    const receipt = await deleteWithReceipt(configOf(), { kind: 'session', id: sessionId(2) });
    expect(receipt).toMatchObject({
      deleted: 'session',
      id: sessionId(2),
      organisation: testOrgId,
      sessions: 1,
      session_ids_sha256: hashOf([sessionId(2)]),
      check: { isClean: true, found: 0 },
    });
    expect(receipt.tables).toMatchObject({
      sessions: { rows: 1, indexes: expect.arrayContaining(['sessions_id', 'sessions_started']) },
      events: { rows: 3, indexes: ['events_id', 'events_open', 'events_position', 'events_time'] },
      signals: { rows: 1 },
      decision_traces: { rows: 1 },
      session_tags: { rows: 1 },
      goal_search: { rows: 1 },
    });
    // Three events, a signal and a trace by their ids; goal, user, message and inputs of them, each piece once.
    expect(receipt.check.searched).toBe(12);
    expect(receipt.check.bytesRead).toBe(readFileSync(path).length);
    expect(leftOf(2)).toEqual([]);
    expect(leftOf(3)).toHaveLength(4);
    expect(verifyFile(path)).toMatchObject({ sessions: 3, events: 9, differenceCount: 0 });
  });

  test('of an agent: its sessions, its totals and itself; who said the same keeps it', async () => {
    const receipt = await deleteWithReceipt(configOf(), { kind: 'agent', id: 'doomed' });
    expect(receipt).toMatchObject({
      deleted: 'agent',
      sessions: 3,
      session_ids_sha256: hashOf([1, 2, 3].map(sessionId)),
      tables: { sessions: { rows: 3 }, events: { rows: 9 }, agents: { rows: 1 } },
      check: { isClean: true, found: 0 },
    });
    expect([1, 2, 3].flatMap(leftOf)).toEqual([]);
    expect(leftOf(4)).toHaveLength(4);
    const db = new Database(path, { readonly: true });
    const named = ['agents', 'rollup_agent_days', 'day_totals'].map((table) =>
      db
        .prepare(
          `SELECT count(*) FROM ${table} WHERE ${table === 'agents' ? 'id' : 'agent_id'} = 'doomed'`,
        )
        .pluck()
        .get(),
    );
    expect(named).toEqual([0, 0, 0]);
    expect(db.prepare('SELECT action, target, actor FROM audit').all()).toEqual([
      { action: 'delete-agent', target: 'doomed', actor: 'command line' },
    ]);
    db.close();
    expect(verifyFile(path)).toMatchObject({ sessions: 1, events: 3, differenceCount: 0 });
  });

  test('prints the receipt beside a running server, which then refuses what still comes', async () => {
    const server = runProgram([], { NIITAKA_DATA: dataDir });
    const url = await server.ready();
    const deleted = runProgram(['delete', 'session', sessionId(1)], { NIITAKA_DATA: dataDir });
    expect(await deleted.ended()).toBe(0);
    expect(JSON.parse(deleted.stdout())).toMatchObject({
      id: sessionId(1),
      check: { isClean: true },
    });
    expect(leftOf(1)).toEqual([]);
    const db = new Database(path);
    db.prepare(
      `INSERT INTO api_keys (org_id, id, name, prefix, hash, scopes, created_at)
       SELECT id, id, 'k', 'nk_', ?, 'ingest', 0 FROM organisations`,
    ).run(Buffer.from(hashOf([key]), 'hex'));
    db.close();
    const body = JSON.stringify({ records: [tool(1, 1_000, { started_at: iso(noonMs) })] });
    const headers = { 'x-api-key': key, 'content-type': 'application/json' };
    const answer = await fetch(`${url}/api/v1/ingest`, { method: 'POST', headers, body });
    expect(await answer.json()).toMatchObject({ rejected: [{ code: 'session_deleted' }] });
    server.child.kill('SIGTERM');
    await server.ended();
    expect(verifyFile(path).differences).toEqual([]);
  });

  test('says on a database server what its files, log and backups still hold', async () => {
    const database = await createDatabase();
    await copyDatabase(`sqlite:${path}`, database.url, { write: () => true });
    const config = configOf({ DATABASE_URL: database.url });
    const receipt = await deleteWithReceipt(config, { kind: 'agent', id: 'doomed' });
    expect(receipt).toMatchObject({
      sessions: 3,
      tables: {
        sessions: { rows: 3, indexes: expect.arrayContaining(['sessions_goal', 'sessions_pkey']) },
        events: { rows: 9 },
      },
      check: { isClean: false },
    });
    expect(receipt.check.note).toMatch(/VACUUM FULL.*write-ahead log up to [0-9A-F]+\/[0-9A-F]+ /);
    expect(await verifyDatabase(database.url)).toMatchObject({ sessions: 1, differenceCount: 0 });
    await database.drop();
  });

  test.each([
    ['session', 'none', 'found "none", wanted the id of a session'],
    ['session', sessionId(99), `There is no session ${sessionId(99)}. Nothing was deleted.`],
    ['agent', 'nobody', 'There is no agent "nobody". Nothing was deleted.'],
  ] as const)('refuses %s %s', async (kind, id, problem) => {
    await expect(deleteWithReceipt(configOf(), { kind, id })).rejects.toThrow(problem);
    expect(verifyFile(path).sessions).toBe(4);
  });
});

describe('openErasure()', () => {
  let erasure: ReturnType<typeof openErasure>;
  beforeEach(() => {
    erasure = openErasure(path);
  });
  afterEach(() => erasure.close());

  test('finds what is left where rows went without being overwritten', async () => {
    await erasure.note(testOrgId, [sessionId(2)]);
    const db = new Database(path);
    db.pragma('secure_delete = OFF');
    db.exec('DELETE FROM events WHERE session_key = 2');
    db.close();
    const { isClean, found, note } = await erasure.check();
    expect(isClean).toBe(false);
    expect(found).toBeGreaterThan(3);
    expect(note).toContain('some of it is left');
  });
});

function hashOf(lines: readonly string[]): string {
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}
