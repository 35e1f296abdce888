import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { iso, noonMs, signal, start, testOrgId } from '../../testing/records.ts';
import type { ReadStore } from './session-reads.ts';

const otherOrgId = '00000000-0000-7000-8000-0000000000ee';
const personOf = (number: number) => `01990000-0000-7000-8000-${String(number).padStart(12, '0')}`;
const person = {
  name: 'Ada',
  role: 'read',
  createdAtMs: noonMs - 3_000,
  lastSeenAtMs: null,
  revokedAtMs: null,
} as const;

/** Every engine keeps until when each person has read the feed (G2). */
export function readMarkContract(
  open: (nowMs: number, orgIds: readonly string[]) => Promise<ReadStore>,
): void {
  describe('read marks', () => {
    let store: ReadStore;
    beforeEach(async () => {
      store = await open(noonMs, [otherOrgId]);
      await store.run(async ({ tx }) => {
        await tx.insertPerson({ ...person, orgId: testOrgId, id: personOf(1) });
        await tx.insertPerson({ ...person, orgId: testOrgId, id: personOf(2), name: 'Bob' });
        await tx.insertPerson({ ...person, orgId: otherOrgId, id: personOf(1) });
        return { ok: true, value: null };
      }, null);
      const ages = [9_000, 2_000, 1_000, 0];
      const signals = ages.map((age, number) =>
        signal(1, number, { occurred_at: iso(noonMs - age) }),
      );
      const repeat = { type: 'policy', subtype: 'policy_triggered' };
      await store.ingest([start(1), ...signals, signal(1, 9, repeat)]);
    });
    afterEach(() => store.close());

    const mark = async (orgId: string, number: number, untilMs: number) => {
      const moved: boolean[] = [];
      await store.run(async ({ tx }) => {
        moved.push(await tx.markSignalsRead(orgId, personOf(number), untilMs));
        return { ok: true, value: null };
      }, null);
      return moved[0];
    };
    const markOf = (number: number, limit = 10, orgId = testOrgId) =>
      store.reader.readMark(orgId, personOf(number), limit);

    test('at first all since the invitation are unread, each act once, counted to a limit (G1, G2)', async () => {
      expect(await markOf(1)).toEqual({ untilMs: person.createdAtMs, unread: 3 });
      expect(await markOf(1, 2)).toEqual({ untilMs: person.createdAtMs, unread: 2 });
      expect(await markOf(3)).toBe(null);
    });

    test('a mark is of one person and only moves forward (G2)', async () => {
      expect(await mark(testOrgId, 1, noonMs - 1_000)).toBe(true);
      expect(await markOf(1)).toEqual({ untilMs: noonMs - 1_000, unread: 1 });
      expect(await mark(testOrgId, 1, noonMs - 2_000)).toBe(false);
      expect(await mark(testOrgId, 1, noonMs - 1_000)).toBe(false);
      expect(await markOf(1)).toEqual({ untilMs: noonMs - 1_000, unread: 1 });
      expect(await mark(testOrgId, 1, noonMs)).toBe(true);
      expect(await markOf(1)).toEqual({ untilMs: noonMs, unread: 0 });
      expect(await markOf(2)).toEqual({ untilMs: person.createdAtMs, unread: 3 });
    });

    test('another organisation has its own people and signals (O1)', async () => {
      expect(await mark(otherOrgId, 2, noonMs)).toBe(false);
      expect(await mark(otherOrgId, 1, noonMs)).toBe(true);
      expect(await markOf(1)).toEqual({ untilMs: person.createdAtMs, unread: 3 });
      expect(await markOf(1, 10, otherOrgId)).toEqual({ untilMs: noonMs, unread: 0 });
    });
  });
}
