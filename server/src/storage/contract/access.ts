import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AccessReader } from '../access-reader.ts';
import type { KeyRow, PersonRow } from '../access-rows.ts';
import type { AccessTx } from '../access-tx.ts';

/** An empty engine under test. */
export interface AccessEngine {
  readonly reader: AccessReader;
  /** Runs the work in one transaction and commits it. */
  write(work: (tx: AccessTx) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

const org = '01990000-0000-7000-8000-000000000001';
const otherOrg = '01990000-0000-7000-8000-000000000002';
const id = (number: number) => `01990000-0000-7000-8000-${String(number).padStart(12, '0')}`;
const hash = (number: number) => number.toString(16).padStart(64, '0');

const key: KeyRow = {
  orgId: org,
  id: id(10),
  name: 'CI',
  prefix: 'nk_abc',
  scopes: ['ingest', 'read'],
  createdAtMs: 1_000,
  lastUsedAtMs: null,
  revokedAtMs: null,
};
const person: PersonRow = {
  orgId: org,
  id: id(20),
  name: 'Ada',
  role: 'admin',
  createdAtMs: 1_000,
  lastSeenAtMs: null,
  revokedAtMs: null,
};

/** What every engine does with organisations, keys, people and what they save (O1, O2, O3). */
export function accessContract(open: () => Promise<AccessEngine>): void {
  let engine: AccessEngine;
  beforeEach(async () => {
    engine = await open();
  });
  afterEach(() => engine.close());
  const read = () => engine.reader;

  describe('keys', () => {
    test('insertKey() keeps every field; keyByHash() finds it (O2)', async () => {
      await engine.write((tx) => tx.insertKey(key, hash(1)));
      expect(await read().keyByHash(hash(1))).toEqual(key);
      expect(await read().keyByHash(hash(2))).toBe(null);
      expect(await read().keys(org, 10)).toEqual([key]);
    });

    test('revokeKey() and findKey() stay within the organisation (O1)', async () => {
      await engine.write((tx) => tx.insertKey(key, hash(1)));
      await engine.write(async (tx) => {
        expect(await tx.findKey(otherOrg, key.id)).toBe(null);
        await tx.revokeKey(otherOrg, key.id, 5_000);
        expect(await tx.findKey(org, key.id)).toEqual(key);
        await tx.revokeKey(org, key.id, 5_000);
      });
      expect(await read().keyByHash(hash(1))).toEqual({ ...key, revokedAtMs: 5_000 });
    });

    test('keys() lists by age, at most the limit', async () => {
      await engine.write(async (tx) => {
        for (const number of [3, 1, 2]) {
          const row = { ...key, id: id(number), createdAtMs: number };
          await tx.insertKey(row, hash(number));
        }
      });
      const listed = await read().keys(org, 2);
      expect(listed.map((row) => row.createdAtMs)).toEqual([1, 2]);
      expect(await read().keys(otherOrg, 2)).toEqual([]);
    });
  });

  describe('people', () => {
    test('are found by id and name while not revoked', async () => {
      await engine.write(async (tx) => {
        await tx.insertPerson(person);
        expect(await tx.findPerson(org, person.id)).toEqual(person);
        expect(await tx.findPerson(otherOrg, person.id)).toBe(null);
        expect(await tx.findPersonByName(org, 'Ada')).toEqual(person);
        expect(await tx.firstAdmin(org)).toEqual(person);
        await tx.revokePerson(org, person.id, 9);
        expect(await tx.findPersonByName(org, 'Ada')).toBe(null);
        expect(await tx.firstAdmin(org)).toBe(null);
      });
      expect(await read().people(org, 10)).toEqual([{ ...person, revokedAtMs: 9 }]);
    });

    test('firstAdmin() is the oldest, and no reader', async () => {
      await engine.write(async (tx) => {
        await tx.insertPerson({ ...person, id: id(1), role: 'read', createdAtMs: 1 });
        await tx.insertPerson({ ...person, id: id(2), createdAtMs: 3 });
        await tx.insertPerson({ ...person, id: id(3), createdAtMs: 2 });
        expect((await tx.firstAdmin(org))?.id).toBe(id(3));
      });
    });
  });

  describe('signing in', () => {
    const link = {
      tokenHash: hash(7),
      orgId: org,
      personId: person.id,
      createdAtMs: 1_000,
      expiresAtMs: 2_000,
      usedAtMs: null,
    };
    const session = {
      tokenHash: hash(8),
      orgId: org,
      holderId: person.id,
      createdAtMs: 1_000,
      lastUsedAtMs: 1_000,
    };

    test('a link is used once', async () => {
      await engine.write(async (tx) => {
        await tx.insertSignInLink(link);
        expect(await tx.findSignInLink(hash(7))).toEqual(link);
        await tx.useSignInLink(hash(7), 1_500);
        expect(await tx.findSignInLink(hash(7))).toEqual({ ...link, usedAtMs: 1_500 });
        expect(await tx.findSignInLink(hash(9))).toBe(null);
      });
    });

    test('a browser session has its person, or the key that signed in, or nobody', async () => {
      const byKey = { ...session, tokenHash: hash(9), holderId: key.id };
      const byNobody = { ...session, tokenHash: hash(10), holderId: id(99) };
      await engine.write(async (tx) => {
        await tx.insertPerson(person);
        await tx.insertKey(key, hash(1));
        for (const row of [session, byKey, byNobody]) await tx.insertBrowserSession(row);
      });
      expect(await read().browserSession(hash(8))).toEqual({ session, person, key: null });
      expect(await read().browserSession(hash(9))).toEqual({ session: byKey, person: null, key });
      expect(await read().browserSession(hash(10))).toMatchObject({ person: null, key: null });
      expect(await read().browserSession(hash(11))).toBe(null);
    });

    test('deleting ends one session, or all of a holder', async () => {
      await engine.write(async (tx) => {
        await tx.insertBrowserSession(session);
        await tx.insertBrowserSession({ ...session, tokenHash: hash(9) });
        await tx.insertBrowserSession({ ...session, tokenHash: hash(10), holderId: id(21) });
        await tx.deleteBrowserSession(hash(8));
        expect(await tx.findBrowserSession(hash(8))).toBe(null);
        await tx.deleteBrowserSessionsOf(otherOrg, person.id);
        expect(await tx.findBrowserSession(hash(9))).not.toBe(null);
        await tx.deleteBrowserSessionsOf(org, person.id);
        expect(await tx.findBrowserSession(hash(9))).toBe(null);
        expect(await tx.findBrowserSession(hash(10))).not.toBe(null);
      });
    });

    test('deleteExpiredSignIns() removes what is older, no more', async () => {
      await engine.write(async (tx) => {
        await tx.insertBrowserSession(session);
        await tx.insertSignInLink(link);
        await tx.deleteExpiredSignIns(1_000);
        expect(await tx.findBrowserSession(hash(8))).not.toBe(null);
        await tx.deleteExpiredSignIns(2_001);
        expect(await tx.findBrowserSession(hash(8))).toBe(null);
        expect(await tx.findSignInLink(hash(7))).toBe(null);
      });
    });

    test('noteLastUses() moves keys, sessions and the people behind them', async () => {
      await engine.write(async (tx) => {
        await tx.insertPerson(person);
        await tx.insertKey(key, hash(1));
        await tx.insertBrowserSession(session);
        await tx.noteLastUses({
          keys: [{ orgId: org, id: key.id, atMs: 7_000 }],
          browserSessions: [{ tokenHash: hash(8), atMs: 8_000 }],
        });
      });
      expect((await read().keyByHash(hash(1)))?.lastUsedAtMs).toBe(7_000);
      const found = await read().browserSession(hash(8));
      expect(found?.session.lastUsedAtMs).toBe(8_000);
      expect(found?.person?.lastSeenAtMs).toBe(8_000);
    });
  });

  test('views belong to an organisation and a holder', async () => {
    const view = {
      orgId: org,
      id: id(30),
      holderId: person.id,
      page: 'sessions',
      name: 'Errors',
      query: 'has_errors=true',
      createdAtMs: 5,
    };
    await engine.write(async (tx) => {
      await tx.insertView(view);
      expect(await tx.countViews(org, person.id)).toBe(1);
      expect(await tx.countViews(org, id(21))).toBe(0);
      expect(await tx.findView(org, person.id, view.id)).toEqual(view);
      await tx.deleteView(org, id(21), view.id);
    });
    expect(await read().views(org, person.id, 10)).toEqual([view]);
    expect(await read().views(otherOrg, person.id, 10)).toEqual([]);
    await engine.write((tx) => tx.deleteView(org, person.id, view.id));
    expect(await read().views(org, person.id, 10)).toEqual([]);
  });

  test('audit() pages newest first, ties by id', async () => {
    const entry = (number: number, atMs: number) => ({
      orgId: org,
      id: id(number),
      atMs,
      actor: 'person "Ada"',
      action: 'create-key',
      target: id(10),
      before: null,
      after: '{"name":"CI"}',
    });
    const rows = [entry(1, 10), entry(2, 20), entry(3, 20), entry(4, 30)];
    await engine.write(async (tx) => {
      for (const row of rows) await tx.insertAudit(row);
    });
    const first = await read().audit(org, null, 2);
    expect(first).toEqual([rows[3], rows[2]]);
    const rest = await read().audit(org, { atMs: 20, id: id(3) }, 10);
    expect(rest).toEqual([rows[1], rows[0]]);
    expect(await read().audit(otherOrg, null, 10)).toEqual([]);
  });

  test('the first answer under an idempotency key stays until it is old', async () => {
    const row = {
      orgId: org,
      keyHash: hash(5),
      bodyHash: hash(6),
      answer: '{"value":1}',
      createdAtMs: 1_000,
    };
    await engine.write(async (tx) => {
      await tx.insertOnce(row);
      expect(await tx.findOnce(org, hash(5))).toEqual(row);
      expect(await tx.findOnce(otherOrg, hash(5))).toBe(null);
      await tx.deleteOnceBefore(1_000);
      expect(await tx.findOnce(org, hash(5))).toEqual(row);
      await tx.deleteOnceBefore(1_001);
      expect(await tx.findOnce(org, hash(5))).toBe(null);
    });
  });

  test('firstOrganisation() is the oldest; a new one has no sessions and revision 0', async () => {
    await engine.write(async (tx) => {
      expect(await tx.firstOrganisation()).toBe(null);
      await tx.insertOrganisation({ id: otherOrg, name: 'Later', createdAtMs: 2 });
      await tx.insertOrganisation({ id: org, name: 'First', createdAtMs: 1 });
      expect((await tx.firstOrganisation())?.id).toBe(org);
    });
    expect(await read().organisation(org)).toEqual({ id: org, name: 'First', createdAtMs: 1 });
    expect(await read().organisation(id(99))).toBe(null);
    expect(await read().hasSessions(org)).toBe(false);
    expect(await read().revision(org)).toBe(0);
  });
}
