import { describe, expect, test } from 'vitest';
import { followRawStream } from './follow-raw-stream.ts';

/** A followed response, and what was told of it. */
function followed(body: ReadableStream | string) {
  const told: unknown[] = [];
  const response = new Response(body);
  followRawStream(response, {
    sawChunk: (chunk) => {
      told.push(chunk);
      return false;
    },
    ended: () => told.push('ended'),
    left: () => told.push('left'),
    failed: (error) => told.push(String(error)),
  });
  return { response, told };
}

/** A body of one event, after which it breaks. */
function broken(): ReadableStream {
  let count = 0;
  const pull = (controller: ReadableStreamDefaultController) => {
    count += 1;
    if (count === 1) controller.enqueue(new TextEncoder().encode('data: 1\n\n'));
    else controller.error(new Error('cut'));
  };
  return new ReadableStream({ pull }, { highWaterMark: 0 });
}

describe('followRawStream()', () => {
  test('tells a body that is read whole, in every way', async () => {
    for (const read of ['text', 'arrayBuffer'] as const) {
      const { response, told } = followed('data: {"a":1}\n\n');
      await response[read]();
      expect(told).toEqual([{ a: 1 }, 'ended']);
      expect(response.bodyUsed).toBe(true);
    }
    const { response, told } = followed('data: 1\n\n');
    expect((await response.blob()).size).toBe(9);
    expect(told.at(-1)).toBe('ended');
  });

  test('tells that a body broke, and passes the exception on', async () => {
    const whole = followed(broken());
    await expect(whole.response.text()).rejects.toThrow('cut');
    expect(whole.told.at(-1)).toBe('Error: cut');
    const parts = followed(broken());
    const reader = parts.response.body?.getReader();
    await reader?.read();
    await expect(reader?.read()).rejects.toThrow('cut');
    expect(parts.told).toEqual([1, 'Error: cut']);
  });

  test('tells that an iteration was left', async () => {
    const { response, told } = followed(broken());
    for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
      expect(part).toBeInstanceOf(Uint8Array);
      break;
    }
    expect(told).toEqual([1, 'left']);
  });

  test('leaves an answer without a body alone', async () => {
    const { response, told } = followed('');
    expect(await response.text()).toBe('');
    expect(told).toEqual(['ended']);
  });
});
