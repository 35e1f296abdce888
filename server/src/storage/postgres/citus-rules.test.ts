import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { closeStaleSessions } from '../../commands/close-stale-sessions.ts';
import { deleteAgent } from '../../commands/delete-agent.ts';
import { deleteOldSessions } from '../../commands/delete-old-sessions.ts';
import { deleteSession } from '../../commands/delete-session.ts';
import { moveQueuedTrees } from '../../commands/move-queued-trees.ts';
import { openPostgresStore, type PostgresStore } from '../../testing/open-postgres-store.ts';
import { noonMs, sessionId, signal, start, testOrgId, trace } from '../../testing/records.ts';
import { corpusRecords, corpusSize } from '../contract/read-corpus.ts';
import { migrations, postgresText } from '../migrations/all.ts';
import { distributed, distributeText } from './distribute.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const names = distributed.map(([table]) => table);
const onDistributed = new RegExp(`\\b(?:from|join|into|update)\\s+(?:${names.join('|')})\\b`, 'i');

/** Everything that was really sent while sessions came, were read, and went. */
const sent = new Set<string>();
let store: PostgresStore;

beforeAll(async () => {
  store = await openPostgresStore(noonMs, [], { isCitus: true });
  // oxlint-disable-next-line typescript/unbound-method -- it is called on the client that it was taken for
  const query = pg.Client.prototype.query as (this: pg.Client, ...args: unknown[]) => unknown;
  vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function record(
    this: pg.Client,
    ...args: unknown[]
  ) {
    const [first] = args;
    const text = typeof first === 'string' ? first : (first as { text?: string } | null)?.text;
    if (text !== undefined) sent.add(text);
    return query.apply(this, args) as never;
  });
  for (const records of corpusRecords()) await store.ingest(records);
  await store.ingest([start(7_000), signal(7_000, 1), trace(7_000, 1)]);
  const { reader } = store;
  const ids = Array.from({ length: corpusSize }, (_, index) => sessionId(index + 1));
  await reader.sessionSummaries(testOrgId, ids, noonMs);
  await reader.rangeTotals(testOrgId, {}, noonMs);
  await reader.estimateSessions(testOrgId, { environments: ['test'] }, noonMs);
  for (const id of [...ids.slice(0, 20), sessionId(7_000)]) {
    await reader.sessionWhole(testOrgId, id, noonMs);
    await reader.costParts(testOrgId, id);
    await reader.traces(testOrgId, id, null, 10);
    await reader.signals(testOrgId, { subjectId: id }, null, 10);
  }
  await store.run(moveQueuedTrees, null);
  store.nowMs += 3_600_000;
  await store.run(closeStaleSessions, null);
  await store.run(deleteSession, { orgId: testOrgId, sessionId: sessionId(1) });
  await store.run(deleteAgent, { orgId: testOrgId, agentId: 'writer', actor: 'test' });
  await store.run(deleteOldSessions, { rules: [{ environment: null, days: 1 }] });
});

afterAll(async () => {
  vi.restoreAllMocks();
  await store.close();
});

/** Statements on the distributed tables that hold against a rule. */
function offending(breaks: (text: string) => boolean): string[] {
  return [...sent].filter((text) => onDistributed.test(text) && breaks(text));
}

describe('statements on distributed tables, as Citus takes them (storage)', () => {
  test('were seen in number', () => {
    expect([...sent].filter((text) => onDistributed.test(text)).length).toBeGreaterThan(30);
  });

  test('carry the organisation', () => {
    expect(offending((text) => !/\borg_id\b/.test(text))).toEqual([]);
  });

  test('lock one session at a time', () => {
    const lock = /for update/i;
    expect(offending((text) => lock.test(text) && !/\bid = \$\d+ FOR UPDATE/.test(text))).toEqual(
      [],
    );
    expect(offending((text) => lock.test(text)).length).toBeGreaterThan(0);
  });

  test('are neither recursive nor MERGE, and call nothing volatile in an update', () => {
    expect(offending((text) => /with recursive|\bmerge into\b/i.test(text))).toEqual([]);
    expect(offending((text) => /\bupdate\b[^;]*\bnextval\(/i.test(text))).toEqual([]);
  });
});

test('the schema has no foreign key and no trigger, and every key of those tables their column', async () => {
  const schema = migrations.map(postgresText).join('\n');
  expect(schema).not.toMatch(/\breferences\b|\bcreate trigger\b/i);
  const keys = await store.database.query(
    `SELECT c.relname AS name, array_agg(a.attname::text) AS columns
     FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
     JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
     WHERE i.indisunique AND c.relname = ANY ($1) GROUP BY i.indexrelid, c.relname`,
    [names],
  );
  expect(keys.length).toBeGreaterThanOrEqual(names.length);
  for (const [table, column] of distributed) {
    for (const key of keys.filter(({ name }) => name === table)) {
      expect(key['columns'], table).toContain(column);
    }
  }
});

test('distributeText() puts the rows of a session beside it', () => {
  expect(distributed.map(([table, column]) => distributeText(table, column))).toEqual([
    `SELECT create_distributed_table('sessions', 'id')`,
    `SELECT create_distributed_table('events', 'session_id', colocate_with => 'sessions')`,
    `SELECT create_distributed_table('decision_traces', 'session_id', colocate_with => 'sessions')`,
    `SELECT create_distributed_table('signals', 'subject_id', colocate_with => 'sessions')`,
  ]);
});
