import { request as requestHttp, Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { request as requestHttps, Agent as HttpsAgent } from 'node:https';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Sender } from './one-way.ts';

/** Bodies over this are compressed. */
const gzipOverBytes = 1024;
/** An answer that is longer is cut; no ingest answer is. */
const answerLimitBytes = 8 * 1024 * 1024;

const compress = promisify(gzip);

/** One HTTP request to be made. */
export interface PushRequest {
  readonly body: Buffer;
  readonly signal: AbortSignal;
}

/** What came back. */
export interface PushResponse {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
}

/** The lowest layer: one POST to the ingest address over a kept-alive connection that holds no process open. */
export class Push implements Sender<PushRequest, Promise<PushResponse>> {
  readonly #url: URL;
  readonly #apiKey: string;
  readonly #agent: HttpAgent;

  constructor(apiUrl: string, apiKey: string) {
    this.#url = new URL(`${apiUrl}/api/v1/ingest`);
    this.#apiKey = apiKey;
    const options = { keepAlive: true, maxSockets: 1, scheduling: 'lifo' } as const;
    this.#agent =
      this.#url.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options);
  }

  /** Rejects when no whole answer came: not connected, cut off, or given up by the signal. */
  async send({ body, signal }: PushRequest): Promise<PushResponse> {
    const isLarge = body.length > gzipOverBytes;
    const payload = isLarge ? await compress(body, { level: 1 }) : body;
    try {
      return await this.#post(payload, isLarge, signal);
    } catch (error) {
      // The server closed an idle connection just as it was used again: nothing of the request was read.
      if (!(error instanceof StaleConnection)) throw error;
      return this.#post(payload, isLarge, signal);
    }
  }

  /** Closes the idle connections. */
  close(): void {
    this.#agent.destroy();
  }

  #post(payload: Buffer, isGzip: boolean, signal: AbortSignal): Promise<PushResponse> {
    const headers = {
      'content-type': 'application/json',
      'content-length': payload.length,
      'x-api-key': this.#apiKey,
      ...(isGzip ? { 'content-encoding': 'gzip' } : {}),
    };
    const make = this.#url.protocol === 'https:' ? requestHttps : requestHttp;
    return new Promise((resolve, reject) => {
      const request = make(this.#url, { method: 'POST', agent: this.#agent, headers, signal });
      request.on('socket', (socket) => socket.unref());
      request.on('error', (error: NodeJS.ErrnoException) => {
        const isStale = request.reusedSocket && error.code === 'ECONNRESET';
        reject(isStale ? new StaleConnection(error.message) : error);
      });
      request.on('response', (response) => readAnswer(response).then(resolve, reject));
      request.end(payload);
    });
  }
}

class StaleConnection extends Error {}

async function readAnswer(response: IncomingMessage): Promise<PushResponse> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= answerLimitBytes) chunks.push(chunk);
  }
  return {
    status: response.statusCode ?? 0,
    retryAfter: response.headers['retry-after'] ?? null,
    text: Buffer.concat(chunks).toString(),
  };
}
