import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { figureOf, type Figure } from './figure.ts';
import { benchKey, startServer, type ServerProcess } from './server-process.ts';
import { listenToStream, type StreamListener } from './stream-listener.ts';

const listenersOfDelay = 200;
const listenersOfRate = 1_000;
const betweenProbesMs = 50;
const lastProbeWithinMs = 5_000;

/** How long a change takes to reach everybody who watches, and how many messages a second get out. */
export async function benchLive(seconds: number): Promise<readonly Figure[]> {
  const server = await startServer();
  try {
    const delays = await measureDelays(server, seconds);
    const { perSecond, cpuUs } = await measureRate(server, seconds);
    return [
      figureOf(`live delay at ${listenersOfDelay} streams`, 'ms', delays, 'p95 <= 50'),
      figureOf(`live deliveries at ${listenersOfRate} streams`, '1/s', [perSecond], '>= 20000'),
      figureOf(`live cpu at ${listenersOfRate} streams`, 'µs/delivery', [cpuUs]),
      figureOf('live memory at 1,000 streams', 'MB', [server.peakMb()]),
    ];
  } finally {
    await server.stop();
  }
}

/** From just before the request is written to the arrival in each stream. */
async function measureDelays(server: ServerProcess, seconds: number): Promise<number[]> {
  const delays: number[] = [];
  let mark = Buffer.alloc(0);
  let sentAt = 0;
  let arrived = 0;
  const listeners = await openListeners(server, listenersOfDelay, (chunk) => {
    if (mark.length === 0 || !chunk.includes(mark)) return;
    delays.push(performance.now() - sentAt);
    arrived += 1;
  });
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    const id = randomUUID();
    mark = Buffer.from(`"id":"${id}"`);
    arrived = 0;
    sentAt = performance.now();
    await post(server, [start(id)]);
    const deadline = performance.now() + lastProbeWithinMs;
    while (arrived < listeners.length && performance.now() < deadline) await pause(2);
    if (arrived < listeners.length) throw new Error(`${arrived} of ${listeners.length} were told`);
    mark = Buffer.alloc(0);
    await pause(betweenProbesMs);
  }
  closeAll(listeners);
  return delays;
}

/** Sessions change as fast as one sender can make them; every stream gets each change. */
async function measureRate(
  server: ServerProcess,
  seconds: number,
): Promise<{ perSecond: number; cpuUs: number }> {
  const listeners = await openListeners(server, listenersOfRate, () => undefined);
  const ids = Array.from({ length: 4 }, () => randomUUID());
  await post(server, ids.map(start));
  const count = () => listeners.reduce((sum, one) => sum + one.messages(), 0);
  const before = count();
  const cpuBefore = server.cpuMs();
  const startedAt = performance.now();
  while (performance.now() < startedAt + seconds * 1000) {
    await post(server, ids.map(log));
    await pause(5);
  }
  const delivered = count() - before;
  const elapsedMs = performance.now() - startedAt;
  const cpuMs = server.cpuMs() - cpuBefore;
  closeAll(listeners);
  return { perSecond: (delivered / elapsedMs) * 1000, cpuUs: (cpuMs * 1000) / delivered };
}

async function openListeners(
  server: ServerProcess,
  count: number,
  onChunk: (chunk: Buffer) => void,
): Promise<StreamListener[]> {
  const listeners: StreamListener[] = [];
  while (listeners.length < count) {
    const some = Array.from({ length: Math.min(50, count - listeners.length) }, () =>
      listenToStream(server, onChunk),
    );
    listeners.push(...(await Promise.all(some)));
  }
  return listeners;
}

function closeAll(listeners: readonly StreamListener[]): void {
  for (const listener of listeners) listener.close();
}

async function post({ port }: ServerProcess, records: readonly object[]): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/ingest`, {
    method: 'POST',
    headers: { 'x-api-key': benchKey, 'content-type': 'application/json' },
    body: JSON.stringify({ records }),
  });
  if (answer.status !== 200) throw new Error(`ingest answered ${answer.status}`);
  await answer.arrayBuffer();
}

function start(id: string): object {
  const goal = 'Answer a question about an invoice';
  return { kind: 'session.start', session_id: id, goal, started_at: new Date().toISOString() };
}

function log(sessionId: string): object {
  const at = new Date().toISOString();
  return {
    kind: 'event',
    session_id: sessionId,
    event_id: randomUUID(),
    type: 'log',
    started_at: at,
    ended_at: at,
    data: { message: 'a line' },
  };
}
