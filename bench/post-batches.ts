import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

/** What one connection sent, and how long each answer took, ms. */
export interface Posted {
  readonly events: number;
  readonly latenciesMs: readonly number[];
}

/** A body ready to send, with the events in it. */
export interface Body {
  readonly bytes: Buffer;
  readonly events: number;
}

/**
 * Posts bodies to `/api/v1/ingest` over one connection, one after the other, until `untilMs` by the monotonic clock or
 * until there are no more, and at most `perSecond` events a second where given. Plain sockets: the sender shares the
 * machine with the server it measures.
 */
export async function postBatches(
  port: number,
  key: string,
  bodies: Iterator<Body>,
  untilMs: number,
  perSecond = Number.POSITIVE_INFINITY,
): Promise<Posted> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const answers = readAnswers(socket);
  const latenciesMs: number[] = [];
  const startedAt = performance.now();
  let events = 0;
  while (performance.now() < untilMs) {
    const earlyMs = startedAt + (events / perSecond) * 1000 - performance.now();
    if (earlyMs >= 1) await pause(earlyMs);
    const next = bodies.next();
    if (next.done === true) break;
    const { bytes, events: count } = next.value;
    const sentAt = performance.now();
    socket.cork();
    socket.write(
      `POST /api/v1/ingest HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nx-api-key: ${key}\r\n` +
        `content-type: application/json\r\ncontent-length: ${bytes.length}\r\n\r\n`,
    );
    socket.write(bytes);
    socket.uncork();
    const { status, text } = await answers.next();
    if (status !== 200) throw new Error(`ingest answered ${status}: ${text.slice(0, 300)}`);
    if (!text.includes('"rejected":[]')) throw new Error(`records refused: ${text.slice(0, 300)}`);
    latenciesMs.push(performance.now() - sentAt);
    events += count;
  }
  socket.destroy();
  return { events, latenciesMs };
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function readAnswers(socket: Socket): { next(): Promise<Answer> } {
  let received = '';
  let waiting: PromiseWithResolvers<Answer> | null = null;
  socket.setEncoding('utf8');
  socket.on('error', (error) => waiting?.reject(error));
  socket.on('close', () => waiting?.reject(new Error('the server closed the connection')));
  socket.on('data', (chunk: string) => {
    received += chunk;
    const headEnd = received.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0);
    const body = received.slice(headEnd + 4);
    if (Buffer.byteLength(body) < length) return;
    const status = Number(received.slice(9, 12));
    received = '';
    waiting?.resolve({ status, text: body });
  });
  return {
    next() {
      waiting = Promise.withResolvers<Answer>();
      return waiting.promise;
    },
  };
}
