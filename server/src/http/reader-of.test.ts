import { once } from 'node:events';
import { createServer, get, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hangUpOf } from './reader-of.ts';

let server: Server;
beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => void server.close());

/** A request that waits for its answer, seen from both ends. */
async function ask() {
  const { port } = server.address() as AddressInfo;
  const sent = get({ port, host: '127.0.0.1', agent: false });
  sent.on('error', () => undefined);
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
  return { sent, response };
}

test('hangUpOf() is aborted once the caller hangs up before the answer, or half-way', async () => {
  for (const isHalfWay of [false, true]) {
    const { sent, response } = await ask();
    const gone = hangUpOf(response);
    if (isHalfWay) response.write('a part');
    sent.destroy();
    await once(response, 'close');
    expect(gone.aborted).toBe(true);
  }
});

test('hangUpOf() is aborted from the start for a caller who has hung up already', async () => {
  const { sent, response } = await ask();
  sent.destroy();
  await once(response, 'close');
  expect(hangUpOf(response).aborted).toBe(true);
});

test('hangUpOf() is not aborted by an answer that was given whole', async () => {
  const { sent, response } = await ask();
  const gone = hangUpOf(response);
  sent.on('response', (answer) => answer.resume());
  response.end('all of it');
  await once(response, 'close');
  expect(gone.aborted).toBe(false);
});
