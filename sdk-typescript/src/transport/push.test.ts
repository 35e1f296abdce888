import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startPeer } from '../testing/loopback-peer.ts';
import { Push } from './push.ts';
import { Timeout } from './timeout.ts';

const never = new AbortController().signal;
const emptyBatch = Buffer.from('{"sdk":{},"sent_at":"","records":[]}');

function openPush(url: string, key = 'nk_a'): Push {
  const push = new Push(url, key);
  onTestFinished(() => push.close());
  return push;
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('Push.send()', () => {
  test('posts to the ingest address under the key', async () => {
    let seen = '';
    const url = await listen(
      createServer((request, response) => {
        seen = `${request.method} ${request.url} ${request.headers['content-type']}`;
        response.end('{}');
      }),
    );
    const answer = await openPush(`${url}/base`).send({ body: emptyBatch, signal: never });
    expect(seen).toBe('POST /base/api/v1/ingest application/json');
    expect(answer).toEqual({ status: 200, retryAfter: null, text: '{}' });
  });

  test('gives status, Retry-After and text of a refusal', async () => {
    const peer = await startPeer(() => ({
      status: 429,
      headers: { 'retry-after': '7' },
      body: 'slow down',
    }));
    const answer = await openPush(peer.url).send({ body: emptyBatch, signal: never });
    expect(answer).toEqual({ status: 429, retryAfter: '7', text: 'slow down' });
  });

  test('uses one connection for many requests', async () => {
    const ports = new Set<number | undefined>();
    const server = createServer((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('{}');
    });
    const push = openPush(await listen(server));
    for (let round = 0; round < 5; round += 1) await push.send({ body: emptyBatch, signal: never });
    expect(ports.size).toBe(1);
  });

  test('does not follow a redirect', async () => {
    const peer = await startPeer(() => ({
      status: 302,
      headers: { location: 'http://127.0.0.1:1' },
    }));
    const answer = await openPush(peer.url).send({ body: emptyBatch, signal: never });
    expect(answer.status).toBe(302);
  });

  test('keeps no more than 8 MiB of an answer', async () => {
    const server = createServer((_request, response) => {
      for (let part = 0; part < 12; part += 1) response.write('x'.repeat(1024 * 1024));
      response.end();
    });
    const answer = await openPush(await listen(server)).send({ body: emptyBatch, signal: never });
    expect(answer.text.length).toBeLessThanOrEqual(8 * 1024 * 1024);
  });

  test('rejects when nobody listens, and when the answer breaks off', async () => {
    const nobody = openPush('http://127.0.0.1:1');
    await expect(nobody.send({ body: emptyBatch, signal: never })).rejects.toThrow('ECONNREFUSED');
    const tcp = createTcpServer((socket) => {
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"half"');
    });
    tcp.listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    onTestFinished(() => void tcp.close());
    const half = openPush(`http://127.0.0.1:${(tcp.address() as AddressInfo).port}`);
    await expect(half.send({ body: emptyBatch, signal: never })).rejects.toThrow('aborted');
  });

  test('rejects what is no HTTP at all', async () => {
    const tcp = createTcpServer((socket) => void socket.end('220 mail.example ESMTP\r\n'));
    tcp.listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    onTestFinished(() => void tcp.close());
    const mail = openPush(`http://127.0.0.1:${(tcp.address() as AddressInfo).port}`);
    await expect(mail.send({ body: emptyBatch, signal: never })).rejects.toThrow('Parse Error');
  });
});

describe('Timeout.send()', () => {
  test('gives a silent server up, and says after how long', async () => {
    const peer = await startPeer(() => 'hang');
    const timeout = new Timeout(openPush(peer.url), 100);
    await expect(timeout.send(emptyBatch)).rejects.toThrow('no answer within 0.1 s');
  });

  test('passes the answer on in time', async () => {
    const peer = await startPeer(() => ({ status: 204 }));
    const answer = await new Timeout(openPush(peer.url), 5000).send(emptyBatch);
    expect(answer.status).toBe(204);
  });

  test('rejects like the layer below', async () => {
    const broken = { send: () => Promise.reject(new Error('below')) };
    await expect(new Timeout(broken, 5000).send(emptyBatch)).rejects.toThrow('below');
  });
});
