import type { SessionSort } from '@niitaka/core/session/session-filter.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  end,
  error,
  iso,
  llm,
  noonMs,
  sessionId,
  signal,
  start,
  testOrgId,
  trace,
} from '../../testing/records.ts';
import type { ListPosition, MomentPosition } from '../session-reader.ts';
import type { ReadStore } from './session-reads.ts';

/** Few values, so that many sessions stand level and only their id tells them apart. */
const shape = fc.record({
  agoMs: fc.constantFrom(1_000, 2_000, 2_000, 3_000),
  costUsd: fc.constantFrom(0, 0, 0.5),
  errors: fc.constantFrom(0, 0, 1),
  lastedMs: fc.constantFrom(0, 500),
});
type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never;

const sorts: SessionSort[] = [
  'started_at',
  '-started_at',
  'cost',
  '-cost',
  'duration',
  '-duration',
  'errors',
  '-errors',
];

/** Whoever turns pages while others arrive sees what was there from the first page to the last, each once. */
export function changingListContract(
  open: (nowMs: number, orgIds: readonly string[]) => Promise<ReadStore>,
): void {
  describe('lists that change between two pages', () => {
    let store: ReadStore;
    let runs = 0;
    beforeAll(async () => {
      store = await open(noonMs, []);
    });
    afterAll(() => store.close());

    test.each(sorts)(
      'listSessions() by %s shows each that stayed once, in order (S12)',
      async (sort) => {
        const shapes = fc.array(shape, { minLength: 4, maxLength: 10 });
        const arriving = fc.array(fc.array(shape, { maxLength: 2 }), { maxLength: 6 });
        const limits = fc.integer({ min: 1, max: 4 });
        await fc.assert(
          fc.asyncProperty(
            shapes,
            arriving,
            limits,
            fc.boolean(),
            async (some, later, limit, rootOnly) => {
              runs += 1;
              const environments = [`list ${runs}`];
              const begin = async (list: readonly Shape[], from: number) =>
                store.ingest(
                  list.flatMap((one, at) => recordsOf(one, runs * 100 + from + at, runs)),
                );
              await begin(some, 0);
              const request = { filter: { environments, rootOnly }, sort, limit, nowMs: noonMs };
              const whole = await store.reader.listSessions(testOrgId, {
                ...request,
                limit: 100,
                after: null,
              });
              const seen: string[] = [];
              let after: ListPosition | null = null;
              let arrived = some.length;
              do {
                const page = await store.reader.listSessions(testOrgId, { ...request, after });
                seen.push(...page.items.map(({ session }) => session.id));
                after = page.next;
                const next = later[seen.length % 6] ?? [];
                if (arrived < 40) await begin(next, arrived);
                arrived += next.length;
              } while (after !== null);
              expect(new Set(seen).size).toBe(seen.length);
              const stayed = new Set(whole.items.map(({ session }) => session.id));
              expect(stayed.size).toBe(some.length);
              expect(seen.filter((id) => stayed.has(id))).toEqual([...stayed]);
            },
          ),
          { numRuns: 4 },
        );
      },
    );

    test('signals() newest first, and traces() oldest first, lose none between pages (G2, P7)', async () => {
      const owner = 90_000;
      const moments = [1_000, 2_000, 2_000, 2_000, 3_000, 3_000, 4_000];
      const told = (ms: number, number: number) => {
        const at = { occurred_at: iso(noonMs - ms) };
        return [signal(owner, number, at), trace(owner, number, at)];
      };
      await store.ingest([start(owner), ...moments.flatMap((ms, at) => told(ms, 2 * at + 2))]);
      const subjectId = sessionId(owner);
      const pagesOf = async <T extends { readonly id: string; readonly occurredAtMs: number }>(
        read: (after: MomentPosition | null) => Promise<readonly T[]>,
        firstNumber: number,
      ): Promise<string[]> => {
        const ids: string[] = [];
        for (let after: MomentPosition | null = null, number = firstNumber; ; number += 2) {
          const page = await read(after);
          const last = page.at(-1);
          if (last === undefined) return ids;
          ids.push(...page.map(({ id }) => id));
          after = { atMs: last.occurredAtMs, id: last.id };
          // One before all, one level with those in the middle, one after all.
          const arriving = [500, 2_000, 9_000].flatMap((ms) => told(ms, number * 100 + ms));
          if (ids.length < 6) await store.ingest(arriving);
        }
      };
      const stayed = (kind: 'b000' | 'b100') => moments.map((_, at) => idOf(kind, 2 * at + 2));
      const signals = await pagesOf(
        (after) => store.reader.signals(testOrgId, { subjectId }, after, 2),
        1,
      );
      // Of those level in time the greater id comes first among signals, and last among traces.
      const order = (ids: readonly string[]) => [0, 3, 2, 1, 5, 4, 6].map((at) => ids[at] ?? '');
      const known = stayed('b000');
      expect(signals.filter((id) => known.includes(id))).toEqual(order(known));
      expect(new Set(signals).size).toBe(signals.length);
      const traces = await pagesOf(
        (after) => store.reader.traces(testOrgId, subjectId, after, 2),
        1_001,
      );
      const own = stayed('b100');
      expect(traces.filter((id) => own.includes(id))).toEqual(order(own).toReversed());
      expect(new Set(traces).size).toBe(traces.length);
    });
  });
}

function idOf(kind: string, number: number): string {
  return `00000000-0000-7000-${kind}-${number.toString(16).padStart(12, '0')}`;
}

function recordsOf(
  { agoMs, costUsd, errors, lastedMs }: Shape,
  number: number,
  run: number,
): object[] {
  const at = { started_at: iso(noonMs - agoMs), ended_at: iso(noonMs - agoMs) };
  const data = { model: 'gpt-5', input_tokens: 1, output_tokens: 1, cost_usd: costUsd };
  return [
    start(number, { started_at: at.started_at, environment: `list ${run}` }),
    llm(number, 2 * number, { ...at, data }),
    ...(errors > 0 ? [error(number, 2 * number + 1, at)] : []),
    end(number, lastedMs - agoMs),
  ];
}
