import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** One request that a client library sent to its provider. */
export interface ProviderRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, unknown>>;
}

/** What the provider answers: JSON or text, a stream of frames, or nothing at all (`hang`). */
export type ProviderAnswer =
  | {
      readonly status?: number;
      readonly body: unknown;
      readonly headers?: Readonly<Record<string, string>>;
      /** It thinks for so long, ms. */
      readonly afterMs?: number;
    }
  | {
      /** Server-sent events as they go over the wire. */
      readonly frames: readonly string[];
      /** Between two frames, ms. */
      readonly gapMs?: number;
      /** After the last frame the connection breaks; without it the answer ends well. */
      readonly isCut?: boolean;
    }
  | 'hang';

/** A model provider on this machine that says what it is told to. */
export interface LoopbackProvider {
  readonly url: string;
  readonly requests: ProviderRequest[];
  /** Requests whose connection the client broke. */
  readonly abandoned: () => number;
}

/** Starts a provider that answers the n-th request (from 1) by `script`; it stops with the test. */
export async function startProvider(
  script: (request: ProviderRequest, count: number) => ProviderAnswer,
): Promise<LoopbackProvider> {
  const requests: ProviderRequest[] = [];
  let abandoned = 0;
  const server = createServer((incoming, response) => {
    response.on('close', () => {
      if (!response.writableFinished) abandoned += 1;
    });
    void readRequest(incoming).then((request) => {
      requests.push(request);
      return give(script(request, requests.length), response);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests, abandoned: () => abandoned };
}

async function readRequest(incoming: IncomingMessage): Promise<ProviderRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const body = JSON.parse(text || '{}') as ProviderRequest['body'];
  return { path: incoming.url ?? '', headers: incoming.headers, body };
}

async function give(answer: ProviderAnswer, response: ServerResponse): Promise<void> {
  if (answer === 'hang') return;
  if ('frames' in answer) return stream(answer, response);
  await sleep(answer.afterMs ?? 0);
  const isText = typeof answer.body === 'string';
  const type = {
    'content-type': 'application/json',
    'x-request-id': 'req_1',
    'request-id': 'req_1',
  };
  response.writeHead(answer.status ?? 200, { ...type, ...answer.headers });
  response.end(isText ? answer.body : JSON.stringify(answer.body));
}

async function stream(
  { frames, gapMs = 0, isCut = false }: Extract<ProviderAnswer, { frames: unknown }>,
  response: ServerResponse,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'req_1' });
  for (const frame of frames) {
    response.write(frame);
    await sleep(gapMs);
  }
  if (isCut) {
    await sleep(20);
    response.destroy();
  } else {
    response.end();
  }
}
