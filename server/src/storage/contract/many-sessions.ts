import type { SessionFilter, SessionSort } from '@niitaka/core/session/session-filter.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { end, iso, noonMs, sessionId, start, testOrgId } from '../../testing/records.ts';
import type { ListPosition } from '../session-reader.ts';
import type { ReadStore } from './session-reads.ts';

/** More than one list of values holds, than an estimate looks at, and than a search looks through at once. */
const count = 2_900;
const batch = 1_000;
/** These hang below the first session, these below the second of them: a level wider than one list. */
const childCount = 1_200;
const grandchildCount = 40;

const numbers = Array.from({ length: count }, (_, index) => index + 1);
/** These are done from the beginning. */
const thirds = numbers.filter((one) => one % 3 === 0);

/** Every engine reads right across the bounds of its lists: of values, of samples, of what is shown. */
export function manySessionsContract(
  open: (nowMs: number, orgIds: readonly string[]) => Promise<ReadStore>,
): void {
  describe('many sessions', () => {
    let store: ReadStore;
    beforeAll(async () => {
      store = await open(noonMs, []);
      for (let from = 0; from < count; from += batch) {
        await store.ingest(numbers.slice(from, from + batch).map(sessionOf));
      }
      await store.ingest(thirds.map((one) => end(one, -1)));
    });
    afterAll(() => store.close());

    test('sessionSummaries() gives all of more than one list of ids, trees and all (S9)', async () => {
      const found = await store.reader.sessionSummaries(testOrgId, numbers.map(sessionId), noonMs);
      expect(found.length).toBe(count);
      const sums = new Map(found.map((one) => [one.session.id, one.tree?.sessions]));
      expect(sums.get(sessionId(1))).toBe(1 + childCount + grandchildCount);
      expect(sums.get(sessionId(2))).toBe(1 + grandchildCount);
      expect(sums.get(sessionId(count))).toBeUndefined();
    });

    test('sessionTree() shows every child of a wide level, and says what is below it (S9)', async () => {
      const tree = await store.reader.sessionTree(testOrgId, sessionId(1), 1, noonMs);
      expect(tree?.truncated).toBe(false);
      const hidden = new Map(tree?.nodes.map((node) => [node.session.id, node.hidden]));
      expect(hidden.size).toBe(1 + childCount);
      expect(hidden.get(sessionId(2))).toBe(grandchildCount);
      expect([...hidden.values()].reduce((sum, each) => sum + each, 0)).toBe(grandchildCount);
    });

    test('pages of any size give each session once, in order, to the last (S11)', async () => {
      const byTime = numbers.toSorted((a, b) => startOf(b) - startOf(a) || b - a).map(sessionId);
      for (const limit of [500, 999, 1_000]) {
        expect(await listed(store, {}, limit)).toEqual(byTime);
      }
      const staging = byTime.filter(isStaging);
      expect(await listed(store, { environments: ['staging'] }, 300)).toEqual(staging);
    });

    test.each([
      ['on many', 97, 'audit'],
      ['on few', 401, 'merger'],
    ])('a word %s is found all over a range, on pages of any size (S11)', async (_, nth, word) => {
      const byTime = numbers
        .filter((one) => one % nth === 0)
        .toSorted((a, b) => startOf(b) - startOf(a) || b - a)
        .map(sessionId);
      const filter = { words: [word], fromMs: startOf(1_699) };
      for (const limit of [3, 12, 100]) {
        expect(await listed(store, filter, limit)).toEqual(byTime);
        expect(await listed(store, filter, limit, 'started_at')).toEqual(byTime.toReversed());
      }
      const production = byTime.filter((id) => !isStaging(id));
      expect(await listed(store, { ...filter, environments: ['production'] }, 5)).toEqual(
        production,
      );
    });

    test('estimateSessions() of a plain filter is exact, of another near its share', async () => {
      const estimate = (filter: SessionFilter) =>
        store.reader.estimateSessions(testOrgId, filter, noonMs);
      expect(await estimate({})).toBe(count);
      expect(await estimate({ environments: ['staging'] })).toBe(
        numbers.map(sessionId).filter(isStaging).length,
      );
      expect(await estimate({ agentIds: ['rare'] })).toBe(58);
      // Every third is done: a sample of the newest tells within a twentieth.
      const done = await estimate({ statuses: ['done'] });
      expect(Math.abs(done - count / 3)).toBeLessThan(count / 20);
    });

    test('totals of all are their number, whatever was rolled up (S12)', async () => {
      const totals = await store.reader.rangeTotals(testOrgId, {}, noonMs);
      expect(totals.sessions).toBe(count);
      const cut = { fromMs: startOf(100) + 1, toMs: startOf(7) };
      const inside = numbers.filter(
        (one) => startOf(one) > startOf(100) && startOf(one) < startOf(7),
      );
      const part = await store.reader.rangeTotals(testOrgId, cut, noonMs);
      expect(part.sessions).toBe(inside.length);
    });

    test('changesSince() leads through all of them in pieces, without one twice', async () => {
      const seen: string[] = [];
      let revision = 0;
      for (;;) {
        const rows = await store.reader.changesSince(testOrgId, revision, 700);
        seen.push(...rows.map(({ id }) => id));
        const last = rows.at(-1);
        if (last === undefined) break;
        expect(last.revision).toBeGreaterThan(revision);
        ({ revision } = last);
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(new Set(seen)).toEqual(new Set(numbers.map(sessionId)));
      expect(revision).toBe(await store.reader.revision(testOrgId));
    });

    test('a filter by status pages through what is done, in the order of the starts (S2)', async () => {
      const done = await listed(store, { statuses: ['done'] }, 250);
      const byTime = thirds.toSorted((a, b) => startOf(b) - startOf(a) || b - a);
      expect(done).toEqual(byTime.map(sessionId));
    });
  });
}

/** A start of its own second; many starts share a minute, some an hour's end. */
function startOf(number: number): number {
  return noonMs - 3 * 3_600_000 - (number % 1_700) * 1_000;
}

function isStaging(id: string): boolean {
  return Number.parseInt(id.slice(-6), 16) % 5 === 0;
}

function parentOf(number: number): string | undefined {
  if (number > 1 && number <= 1 + childCount) return sessionId(1);
  const isBelow = number > 1 + childCount && number <= 1 + childCount + grandchildCount;
  return isBelow ? sessionId(2) : undefined;
}

function sessionOf(number: number): object {
  const parent = parentOf(number);
  const words = [number % 97 === 0 ? 'audits' : 'sorts', number % 401 === 0 ? 'mergers' : 'mail'];
  return start(number, {
    goal: words.join(' '),
    started_at: iso(startOf(number)),
    environment: isStaging(sessionId(number)) ? 'staging' : 'production',
    agent_id: number % 50 === 0 ? 'rare' : 'common',
    ...(parent === undefined ? {} : { parent_session_id: parent }),
  });
}

async function listed(
  store: ReadStore,
  filter: SessionFilter,
  limit: number,
  sort: SessionSort = '-started_at',
): Promise<readonly string[]> {
  const ids: string[] = [];
  let after: ListPosition | null = null;
  do {
    const request = { filter, sort, limit, after, nowMs: noonMs };
    const page = await store.reader.listSessions(testOrgId, request);
    ids.push(...page.items.map(({ session }) => session.id));
    after = page.next;
  } while (after !== null);
  return ids;
}
