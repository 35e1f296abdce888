import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { citusUrl } from '../../testing/citus-database.ts';
import { createDatabase, type TestDatabase } from '../../testing/postgres-database.ts';
import { contractOrgs, eventOf, id, noExtras, sessionOf } from '../contract/write-rows.ts';
import { mayPass } from './connect.ts';
import { changeChannel, openLane, type Lane } from './lane.ts';
import { prepareDatabase } from './prepare-database.ts';
import { openReads, type ReadPool } from './reads.ts';

const [org, otherOrg] = contractOrgs;

let database: TestDatabase;
let reads: ReadPool;
let lanes: [Lane, Lane];

beforeAll(async () => {
  database = await createDatabase();
  await prepareDatabase(database.url);
  for (const orgId of contractOrgs) {
    await database.query(
      `INSERT INTO organisations (id, name, created_at) VALUES ($1, 'test', 0)`,
      [orgId],
    );
  }
  const open = () =>
    openLane({ url: database.url, isCitus: citusUrl !== null, priceIds: new Map() });
  lanes = [open(), open()];
  reads = openReads(database.url, 2);
});

afterAll(async () => {
  await Promise.all(lanes.map((lane) => lane.close()));
  await reads.close();
  await database.drop();
});

const nothing = { deletionChangesMs: 0, deletedSessionsMs: 0, lostRecordsMs: 0, budgetLeasesMs: 0 };

/** Whether something is still waited for after a while. */
const soonOf = (work: Promise<unknown>) =>
  Promise.race([
    work.then(() => 'done'),
    new Promise((resolve) => setTimeout(() => resolve('waits'), 300)),
  ]);

const change = (number: number) => [{ kind: 'session' as const, id: id(number) }];

describe('revisions', () => {
  test('come in the order of commits: a reader that follows them loses no row', async () => {
    const [slow, fast] = lanes;
    const slowTx = await slow.begin();
    await slowTx.recordChanges(org, change(1), 1_000);
    // Writes what is kept: the first number is taken and not to be seen yet.
    await slowTx.forgetExpired(nothing, 1);
    await (await fast.begin()).recordChanges(org, change(2), 1_000);
    // The second waits for the lock: it cannot take a number that is seen before the first one's.
    const second = fast.commit();
    expect(await soonOf(second)).toBe('waits');
    expect(await reads.reader.changesSince(org, 0, 10)).toEqual([]);
    await slow.commit();
    await second;
    expect(await reads.reader.changesSince(org, 0, 10)).toEqual([
      { kind: 'session', id: id(1), revision: 1 },
      { kind: 'session', id: id(2), revision: 2 },
    ]);
  });

  test('of another organisation wait for nobody', async () => {
    const [one, other] = lanes;
    const held = await one.begin();
    await held.recordChanges(org, change(3), 1_000);
    await held.forgetExpired(nothing, 1);
    await (await other.begin()).recordChanges(otherOrg, change(3), 1_000);
    expect(await other.commit()).toEqual([otherOrg]);
    await one.commit();
  });

  test('number each change once, the last of a row holds', async () => {
    const [lane] = lanes;
    const before = await reads.reader.revision(org);
    const tx = await lane.begin();
    await tx.recordChanges(org, [...change(1), ...change(2)], 1_000);
    await tx.recordChanges(org, change(1), 1_000);
    await lane.commit();
    expect(await reads.reader.revision(org)).toBe(before + 3);
    expect(await reads.reader.changesSince(org, before, 10)).toEqual([
      { kind: 'session', id: id(2), revision: before + 2 },
      { kind: 'session', id: id(1), revision: before + 3 },
    ]);
  });

  test('a commit says whose they are, once, and only when it holds', async () => {
    const listener = new pg.Client({ connectionString: database.url });
    await listener.connect();
    const heard: (string | undefined)[] = [];
    listener.on('notification', ({ payload }) => heard.push(payload));
    await listener.query(`LISTEN ${changeChannel}`);
    const [lane] = lanes;
    await (await lane.begin()).recordChanges(org, change(4), 1_000);
    await lane.rollback();
    const tx = await lane.begin();
    await tx.recordChanges(org, change(4), 1_000);
    await tx.recordChanges(org, change(5), 1_000);
    await tx.recordChanges(otherOrg, change(4), 1_000);
    expect(await lane.commit()).toEqual([org, otherOrg]);
    await listener.query('SELECT 1');
    await listener.end();
    expect(heard).toEqual([`${org},${otherOrg}`]);
  });
});

describe('transactions', () => {
  test('what is kept is written at the commit, and rolled back whole', async () => {
    const [lane] = lanes;
    const tx = await lane.begin();
    const stored = await tx.insertSession(org, sessionOf(1), noExtras);
    await tx.insertEvents([{ stored, rows: [eventOf(10), eventOf(11)] }]);
    await tx.replaceEvents(stored, [eventOf(10, { position: 20, name: 'later' })]);
    await lane.rollback();
    expect(await database.query('SELECT 1 FROM events')).toEqual([]);
    expect(await database.query('SELECT 1 FROM sessions')).toEqual([]);

    const again = await lane.begin();
    const kept = await again.insertSession(org, sessionOf(1), noExtras);
    await again.insertEvents([{ stored: kept, rows: [eventOf(10), eventOf(11)] }]);
    await again.replaceEvents(kept, [eventOf(10, { position: 20, name: 'later' })]);
    kept.session.eventCount = 2;
    await again.saveSessions([kept]);
    await lane.commit();
    expect(
      await database.query('SELECT id, position::int, name FROM events ORDER BY position'),
    ).toEqual([
      { id: id(11), position: 11, name: 'plan' },
      { id: id(10), position: 20, name: 'later' },
    ]);
    expect(await database.query('SELECT event_count::int FROM sessions')).toEqual([
      { event_count: 2 },
    ]);
  });

  test('a transaction that is over takes nothing more', async () => {
    const [lane] = lanes;
    const tx = await lane.begin();
    await lane.rollback();
    await expect(tx.snapshotRevision(org)).rejects.toThrow('the transaction is over');
  });

  test('two over the same sessions wait for each other, whatever order they are named in', async () => {
    const [one, other] = lanes;
    await (await one.begin()).insertSession(org, sessionOf(2), noExtras);
    await one.commit();
    const oneTx = await one.begin();
    const held = await oneTx.loadSessions(org, [id(1), id(2)]);
    const otherTx = await other.begin();
    const waiting = otherTx.loadSessions(org, [id(2), id(1)]);
    const session = held.get(id(2));
    if (session === undefined) throw new Error('not there');
    session.session.stepCount = 7;
    await oneTx.saveSessions([session]);
    await one.commit();
    expect((await waiting).get(id(2))?.session.stepCount).toBe(7);
    await other.commit();
  });

  test('a session that another transaction started first fails, and may pass', async () => {
    const [one, other] = lanes;
    await (await one.begin()).insertSession(org, sessionOf(3), noExtras);
    await (await other.begin()).insertSession(org, sessionOf(3), noExtras);
    await one.commit();
    const error: unknown = await other.commit().catch((thrown: unknown) => thrown);
    await other.rollback();
    expect(mayPass(error)).toBe(true);
    expect((await (await other.begin()).loadSessions(org, [id(3)])).size).toBe(1);
    await other.rollback();
  });

  test('a connection that was cut is made anew for the next transaction', async () => {
    const [lane] = lanes;
    const tx = await lane.begin();
    await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND state = 'idle in transaction'`,
    );
    const error: unknown = await tx.snapshotRevision(org).catch((thrown: unknown) => thrown);
    expect(mayPass(error)).toBe(true);
    await lane.rollback();
    expect(await (await lane.begin()).snapshotRevision(org)).toEqual({ policies: 0, prices: 0 });
    await lane.commit();
  });

  test('commands of all processes come one after the other', async () => {
    const [one, other] = lanes;
    await one.begin(true);
    const second = other.begin(true);
    expect(await soonOf(second)).toBe('waits');
    await one.commit();
    await second;
    await other.commit();
  });
});
