import { expect, test } from 'vitest';
import { readEventStream, type StreamMessage } from './read-event-stream.ts';

async function read(...chunks: string[]): Promise<StreamMessage[]> {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(encoder.encode(chunk));
      controller.close();
    },
  });
  const messages: StreamMessage[] = [];
  for await (const message of readEventStream(new Response(body))) messages.push(message);
  return messages;
}

test('readEventStream() reads messages wherever the answer is cut', async () => {
  const text =
    'event: progress\ndata: {"done":1}\n\n: still here\n\nevent: result\ndata: {"n":"é"}\n\n';
  const wanted = [
    { event: 'progress', data: { done: 1 } },
    { event: 'result', data: { n: 'é' } },
  ];
  expect(await read(text)).toEqual(wanted);
  expect(await read(...text)).toEqual(wanted);
  expect(await read(text.replaceAll('\n', '\r\n'))).toEqual(wanted);
});

test('readEventStream() leaves out a message without its end, and of nothing has nothing', async () => {
  expect(await read('data: {"whole":true}\n\ndata: {"cut"')).toEqual([
    { event: 'message', data: { whole: true } },
  ]);
  expect(await read()).toEqual([]);
});
