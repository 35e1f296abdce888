import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { limits } from '@niitaka/core/limits.ts';
import { openByteBudget, type ByteBudget, type Holder } from './byte-budget.ts';
import { readBatch, requestBytes } from './read-batch.ts';

const mebibyte = 1_048_576;
const holder: Holder = { orgId: 'a', senderId: '1' };

/** A request as the HTTP server hands it over, its body at hand. */
function requestOf(body: Uint8Array, encoding?: string): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  if (encoding !== undefined) request.headers['content-encoding'] = encoding;
  request.push(body);
  request.push(null);
  return request;
}

/** A budget that notes every take from it. */
function watchedBudget(limit: number): { budget: ByteBudget; takes: number[] } {
  const takes: number[] = [];
  const under = openByteBudget(limit);
  const budget: ByteBudget = {
    take(of, bytes) {
      takes.push(bytes);
      return under.take(of, bytes);
    },
    give: (of, bytes) => under.give(of, bytes),
    get used() {
      return under.used;
    },
  };
  return { budget, takes };
}

describe('readBatch()', () => {
  test('unzips into memory of its own and holds what it takes until released (E7)', async () => {
    const budget = openByteBudget(32 * mebibyte);
    const zipped = gzipSync(Buffer.alloc(mebibyte, ' '));
    const held = await readBatch(requestOf(zipped, 'gzip'), budget, holder);
    expect(held.body.byteLength).toBe(mebibyte);
    expect(held.body.buffer.byteLength).toBe(mebibyte);
    expect(Buffer.from(held.body).equals(Buffer.alloc(mebibyte, ' '))).toBe(true);
    expect(budget.used).toBe(requestBytes + zipped.length + mebibyte);
    held.release();
    expect(budget.used).toBe(0);
  });

  test('takes from the budget as it unzips: many bombs at once hold no more than it (E7)', async () => {
    const { budget, takes } = watchedBudget(mebibyte);
    const bomb = gzipSync(Buffer.alloc(limits.batchBytes, ' '));
    const reading = readBatch(requestOf(bomb, 'gzip'), budget, holder);
    await expect(reading).rejects.toMatchObject({ problem: { code: 'rate_limited' } });
    expect(Math.max(...takes)).toBeLessThanOrEqual(64 * 1024);
    expect(budget.used).toBe(0);
  });

  test('stops at the limit of a batch (E7)', async () => {
    const budget = openByteBudget(32 * mebibyte);
    const bomb = gzipSync(Buffer.alloc(limits.batchBytes + 1, ' '));
    const reading = readBatch(requestOf(bomb, 'gzip'), budget, holder);
    await expect(reading).rejects.toMatchObject({
      problem: {
        status: 413,
        detail:
          'The batch is too large: found more than 8388608 bytes after decompression, at most 8388608',
      },
    });
    expect(budget.used).toBe(0);
  });

  test('reads the name of the encoding in any case', async () => {
    const budget = openByteBudget(mebibyte);
    const held = await readBatch(requestOf(gzipSync('{}'), 'GZip'), budget, holder);
    expect(Buffer.from(held.body).toString()).toBe('{}');
  });

  test.each([Buffer.from('plain'), gzipSync('{"records":[]}').subarray(0, 20)])(
    'refuses what is not readable as gzip and gives back what it held',
    async (body) => {
      const budget = openByteBudget(mebibyte);
      const reading = readBatch(requestOf(body, 'gzip'), budget, holder);
      await expect(reading).rejects.toMatchObject({
        problem: { status: 400, detail: 'The body is not readable as gzip' },
      });
      expect(budget.used).toBe(0);
    },
  );
});
