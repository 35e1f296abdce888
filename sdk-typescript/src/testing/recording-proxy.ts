import { createServer, request as requestHttp } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** One request that passed. */
export interface PassedRequest {
  readonly path: string;
  readonly body: string;
}

/** Stands between an SDK and its server, and sees what passes. */
export interface RecordingProxy {
  readonly url: string;
  readonly requests: PassedRequest[];
  /** From now on every connection breaks. */
  isCut: boolean;
}

/** Starts a proxy before a server; it stops with the test. */
export async function startProxy(serverUrl: string): Promise<RecordingProxy> {
  const { hostname, port } = new URL(serverUrl);
  const requests: PassedRequest[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { url: path = '', method, headers } = incoming;
      if (proxy.isCut) {
        incoming.socket.destroy();
        return;
      }
      const body = Buffer.concat(chunks);
      requests.push({ path, body: body.toString() });
      const onward = requestHttp({ hostname, port, path, method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      onward.on('error', () => incoming.socket.destroy());
      onward.end(body);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const own = (server.address() as AddressInfo).port;
  const proxy: RecordingProxy = { url: `http://127.0.0.1:${own}`, requests, isCut: false };
  return proxy;
}
