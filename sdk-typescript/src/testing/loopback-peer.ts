import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';

/** One ingest request as a peer sees it. */
export interface PeerRequest {
  readonly headers: IncomingMessage['headers'];
  readonly sdk: Readonly<Record<string, unknown>>;
  readonly sentAt: string;
  readonly records: readonly PeerRecord[];
}

/** One record of it. */
export interface PeerRecord {
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** What the peer answers: a status with a body, `hang` for silence, `cut` for a broken connection. */
export type PeerAnswer =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> }
  | 'hang'
  | 'cut';

/** A scripted server at the other end of the wire. */
export interface LoopbackPeer {
  readonly url: string;
  readonly requests: PeerRequest[];
  /** All records of all requests that were answered 200. */
  readonly taken: PeerRecord[];
  close(): Promise<void>;
  /** Closes every connection, and goes on listening. */
  dropConnections(): void;
}

/**
 * Starts a peer that answers by `script`; null means that it accepts all. What is only read, such as a snapshot, is
 * answered by `read`.
 */
export async function startPeer(
  script: (request: PeerRequest, count: number) => PeerAnswer | null = () => null,
  port = 0,
  read: (path: string) => PeerAnswer | Promise<PeerAnswer> = () => 'cut',
): Promise<LoopbackPeer> {
  const requests: PeerRequest[] = [];
  const taken: PeerRecord[] = [];
  const server = createServer((incoming, response) => {
    if (incoming.method === 'GET') {
      const answer = Promise.resolve(read(incoming.url ?? ''));
      void answer.then((found) => give(found, incoming, response));
      return;
    }
    readRequest(incoming).then(
      (request) => {
        requests.push(request);
        const answer = script(request, requests.length) ?? accepted(request);
        if (typeof answer === 'object' && answer.status === 200) taken.push(...request.records);
        give(answer, incoming, response);
      },
      () => incoming.socket.destroy(),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  const close = () => closeServer(server);
  onTestFinished(close);
  const { port: found } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${found}`,
    requests,
    taken,
    close,
    dropConnections: () => server.closeAllConnections(),
  };
}

/** The answer to a batch that is accepted whole, or but for some rejections. */
export function accepted(request: PeerRequest, rejected: readonly object[] = []): PeerAnswer {
  const body = {
    accepted: request.records.length - rejected.length,
    duplicates: 0,
    rejected,
    sessions: [],
    control: [],
    control_poll_ms: null,
    warnings: [],
  };
  return { status: 200, body };
}

async function readRequest(incoming: IncomingMessage): Promise<PeerRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const raw = Buffer.concat(chunks);
  const isGzip = incoming.headers['content-encoding'] === 'gzip';
  const body = JSON.parse((isGzip ? gunzipSync(raw) : raw).toString()) as {
    sdk: Record<string, unknown>;
    sent_at: string;
    records: PeerRecord[];
  };
  return { headers: incoming.headers, sdk: body.sdk, sentAt: body.sent_at, records: body.records };
}

function give(answer: PeerAnswer, incoming: IncomingMessage, response: ServerResponse): void {
  if (answer === 'hang') return;
  if (answer === 'cut') {
    incoming.socket.destroy();
    return;
  }
  response.writeHead(answer.status, answer.headers);
  response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {}));
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
