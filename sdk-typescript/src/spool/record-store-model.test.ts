import { array, assert, constantFrom, integer, oneof, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { appendEvents, eventRecord, openTestStore } from '../testing/store-fixture.ts';
import { segmentsUnder, tempFolder } from '../testing/temp-folder.ts';
import type { Entry } from '../transport/entry.ts';

/** What may happen to a store, in any order. */
const step = oneof(
  record({ act: constantFrom('append' as const), count: integer({ min: 1, max: 30 }) }),
  record({ act: constantFrom('take' as const), count: integer({ min: 1, max: 20 }) }),
  record({ act: constantFrom('settle' as const), count: integer({ min: 1, max: 20 }) }),
  record({ act: constantFrom('tail' as const), count: integer({ min: 1, max: 3 }) }),
  record({ act: constantFrom('touch' as const), count: integer({ min: 1, max: 1 }) }),
);

const limits = { segmentBytes: 700, memoryBytes: 900 };

function seqOf({ head }: Entry): number {
  return head.seq ?? 0;
}

describe('RecordStore, whatever is done to it', () => {
  test.each([
    ['on disk', true],
    ['in memory', false],
  ])('gives each record once, in order, %s', (_name, isOnDisk) => {
    assert(
      property(array(step, { maxLength: 40 }), (steps) => {
        const folder = isOnDisk ? tempFolder() : null;
        const { store } = openTestStore(folder, limits);
        const held: Entry[] = [];
        const taken: number[] = [];
        let last = 0;
        for (const { act, count } of steps) {
          if (act === 'append') {
            appendEvents(store, last + 1, last + count);
            last += count;
          } else if (act === 'take') {
            const entries = store.take(count, 1500);
            held.push(...entries);
            taken.push(...entries.map(seqOf));
          } else if (act === 'settle') {
            store.settle(held.splice(0, count));
          } else if (act === 'tail') {
            for (const entry of held.splice(0, count)) held.push(store.moveToTail(entry));
          } else {
            store.touch();
          }
          for (const entry of held)
            expect(entry.body.toString()).toBe(eventRecord(seqOf(entry)).json);
        }
        for (
          let entries = store.take(50, 9000);
          entries.length > 0;
          entries = store.take(50, 9000)
        ) {
          held.push(...entries);
          taken.push(...entries.map(seqOf));
        }
        store.settle(held);
        expect(taken).toEqual(Array.from({ length: last }, (_, at) => at + 1));
        expect(store.isEmpty).toBe(true);
        expect(store.usage).toEqual({
          readyRecords: 0,
          readyBytes: 0,
          memoryRecords: 0,
          diskBytes: 0,
        });
        if (folder !== null) expect(segmentsUnder(folder)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('never holds more than its limits, and counts what it dropped', () => {
    assert(
      property(array(integer({ min: 1, max: 40 }), { maxLength: 20 }), (bursts) => {
        const full = { ...limits, diskBytes: 3000 };
        const { store, dropped } = openTestStore(tempFolder(), full);
        let last = 0;
        for (const count of bursts) {
          appendEvents(store, last + 1, last + count);
          last += count;
          expect(store.usage.diskBytes).toBeLessThanOrEqual(3000);
        }
        const lost = dropped.flatMap(({ heads }) => heads.map(({ seq }) => seq));
        const left: number[] = [];
        for (
          let entries = store.take(50, 9000);
          entries.length > 0;
          entries = store.take(50, 9000)
        ) {
          left.push(...entries.map(seqOf));
          store.settle(entries);
        }
        expect([...lost, ...left]).toEqual(Array.from({ length: last }, (_, at) => at + 1));
      }),
      { numRuns: 40 },
    );
  });
});
