import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openServer, type TestServer } from '../testing/open-server.ts';
import { iso, start } from '../testing/records.ts';

/** A connection on which the beginning of a request was sent, so that it is not idle. */
function begin(server: TestServer, text: string) {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  let received = '';
  socket.setEncoding('utf8').on('data', (piece: string) => {
    received += piece;
  });
  const closed = new Promise<string>((resolve) => socket.on('close', () => resolve(received)));
  socket.write(text);
  return { send: (rest: string) => socket.write(rest), closed };
}

test('a server that ends answers what it has begun, and tells others when to come again', async () => {
  const server = await openServer();
  const body = JSON.stringify({ records: [start(1, { started_at: iso(Date.now()) })] });
  const head = `host: localhost\r\nx-api-key: ${server.key}\r\n`;
  const taken = begin(
    server,
    `POST /api/v1/ingest HTTP/1.1\r\n${head}content-type: application/json\r\n` +
      `content-length: ${body.length}\r\n\r\n${body.slice(0, 10)}`,
  );
  const late = begin(server, 'GET /api/v1/sessions HTTP/1.1\r\n');
  await pause(200);
  const closing = server.close();
  await pause(100);
  late.send(`${head}\r\n`);
  taken.send(body.slice(10));
  const refused = await late.closed;
  expect(refused).toMatch(/^HTTP\/1\.1 503 /);
  expect(refused).toMatch(/\r\nretry-after: 1\r\n/i);
  expect(refused).toMatch(/\r\ncontent-type: application\/problem\+json/i);
  expect(refused).toContain('"detail":"This server is ending: ask again"');
  const answered = await taken.closed;
  expect(answered).toMatch(/^HTTP\/1\.1 200 /);
  expect(answered).toContain('"accepted":1');
  expect(answered).toMatch(/\r\nconnection: close\r\n/i);
  await closing;
});
