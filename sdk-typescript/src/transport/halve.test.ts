import { array, assert, asyncProperty, integer, uniqueArray } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerFor, batchOf } from '../testing/batch-fixture.ts';
import type { Batch } from './entry.ts';
import { Halve } from './halve.ts';
import type { Delivery } from './retry.ts';

const seqsOf = ({ entries }: { readonly entries: Batch['entries'] }) =>
  entries.map(({ head }) => head.seq ?? 0);

/** A server that refuses every batch with one of `bad` in it. */
function refusing(bad: readonly number[]) {
  const seen: number[][] = [];
  const send = (batch: Batch): Promise<Delivery> => {
    const seqs = seqsOf(batch);
    seen.push(seqs);
    return Promise.resolve(
      seqs.some((seq) => bad.includes(seq))
        ? { kind: 'refused', status: 400 }
        : { kind: 'answered', answer: answerFor(seqs.length) },
    );
  };
  return { halve: new Halve({ send }), seen };
}

describe('Halve.send()', () => {
  test('passes on a batch that is answered', async () => {
    const { halve, seen } = refusing([]);
    const batch = batchOf(1, 2);
    expect(await halve.send(batch)).toEqual([{ entries: batch.entries, answer: answerFor(2) }]);
    expect(seen).toEqual([[1, 2]]);
  });

  test('halves until the bad record stands alone', async () => {
    const { halve, seen } = refusing([3]);
    const parts = await halve.send(batchOf(1, 2, 3, 4));
    expect(parts?.map((part) => [seqsOf(part), part.answer?.accepted ?? null])).toEqual([
      [[1, 2], 2],
      [[3], null],
      [[4], 1],
    ]);
    expect(seen).toEqual([[1, 2, 3, 4], [1, 2], [3, 4], [3], [4]]);
  });

  test('decides on every record exactly once, in order, whatever is bad', async () => {
    const numbers = uniqueArray(integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 });
    await assert(
      asyncProperty(numbers, array(integer({ min: 1, max: 50 })), async (seqs, bad) => {
        const { halve } = refusing(bad);
        const parts = (await halve.send(batchOf(...seqs))) ?? [];
        expect(parts.flatMap(seqsOf)).toEqual(seqs);
        const given = parts.filter(({ answer }) => answer === null).flatMap(seqsOf);
        expect(given).toEqual(seqs.filter((seq) => bad.includes(seq)));
      }),
    );
  });

  test('gives up when the transport is closed, also between the halves', async () => {
    let count = 0;
    const send = (): Promise<Delivery> => {
      count += 1;
      return Promise.resolve(
        count === 1 ? { kind: 'refused', status: 400 } : { kind: 'abandoned' },
      );
    };
    expect(await new Halve({ send }).send(batchOf(1, 2))).toBe(null);
    expect(count).toBe(2);
  });
});
