import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { quantile } from '../bench/figure.ts';
import { startLoad } from '../bench/start-load.ts';
import { engineNames } from '../server/src/storage/port.ts';
import { hold, type Fault } from './fault.ts';
import { withServer } from './place.ts';
import { faultKey, type ServerUnderFault } from './server-under-fault.ts';
import { missedRows, newViewer, watch, type Viewer } from './viewer.ts';

const viewers = 500;
/** Those of them that read every row; the others only note how far they are. */
const readingViewers = 20;
/** Connections beside them that read nothing at all. */
const silentViewers = 20;
const settledWithinMs = 30_000;
const loadSeed = 4_000;

/** Memory of the server at most: a stream may hold 256 KiB, the batches their 48 MB. */
const peakLimitMb = 500;
/** What one sender beside the load waits for its answer at most, ms: starved means seconds. */
const waitLimitMs = 5_000;

/** As many watch as may while as much comes in as can. */
export const crowdStreams: Fault = {
  name: 'crowd-streams',
  what: '500 viewers, 20 that read nothing, and ingest as fast as it goes, for as many seconds',
  gate: '0 missed, memory bounded, answers within seconds',
  engines: engineNames,
  rounds: { full: 60, short: null },
  run: (seconds, engine) =>
    withServer(engine, async (server) => {
      const over = new AbortController();
      const reading = Array.from({ length: readingViewers }, newViewer);
      const watching = reading.map((viewer) => watchOn(server, viewer, over.signal));
      const others = Array.from({ length: viewers - readingViewers }, () => follow(server));
      const silent = await Promise.all(Array.from({ length: silentViewers }, () => open(server)));
      for (const socket of silent) socket.pause();
      // Who comes later is told only of what changes from then on.
      await untilAllIn(reading, others);
      const load = startLoad({ port: server.port, seed: loadSeed, seconds });
      const waits = await sendBeside(server, load.rate);
      try {
        await settle(server, reading, others);
      } finally {
        over.abort();
        for (const other of others) other.close();
        for (const socket of silent) socket.destroy();
        await Promise.all(watching);
      }
      const peakMb = server.peakMb();
      hold(peakMb < peakLimitMb, `the server took ${peakMb.toFixed(0)} MB`);
      const longest = waits.latenciesMs.at(-1) ?? 0;
      hold(longest < waitLimitMs, `a sender waited ${longest.toFixed(0)} ms`);
      const p99 = quantile(waits.latenciesMs, 0.99).toFixed(0);
      const cuts = others.reduce((sum, other) => sum + other.cuts(), 0);
      return `${waits.perSecond.toFixed(0)} events/s, another sender's answers p99 ${p99} ms, ${cuts} slow streams cut and resumed, ${peakMb.toFixed(0)} MB at most`;
    }),
};

/** A stream that is cut is taken up again where it was. */
async function watchOn(
  server: ServerUnderFault,
  viewer: Viewer,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    for await (const _ of watch(server, viewer, signal));
  }
}

async function untilAllIn(reading: readonly Viewer[], others: readonly Follower[]): Promise<void> {
  const until = Date.now() + settledWithinMs;
  const isIn = () =>
    reading.every(({ lastId }) => lastId !== '') && others.every(({ at }) => at() !== '');
  while (!isIn()) {
    hold(Date.now() < until, 'some streams never said hello');
    await pause(50);
  }
}

/** One sender with a small batch at a time, until the load has ended; waits in rising order. */
async function sendBeside(server: ServerUnderFault, load: Promise<number>) {
  const latenciesMs: number[] = [];
  const state = { isOver: false };
  const ended = load.finally(() => {
    state.isOver = true;
  });
  // A load that fails is told of once the last answer is there.
  ended.catch(() => undefined);
  while (!state.isOver) {
    const record = {
      kind: 'session.start',
      session_id: crypto.randomUUID(),
      started_at: new Date().toISOString(),
    };
    const startedAt = performance.now();
    const { status, text } = await server.post(JSON.stringify({ records: [record] }));
    hold(status === 200, `ingest answered ${status}: ${text}`);
    latenciesMs.push(performance.now() - startedAt);
    await pause(50);
  }
  return { perSecond: await ended, latenciesMs: latenciesMs.toSorted((a, b) => a - b) };
}

/** All who read must have seen every session as it is, and all others must be as far as they. */
async function settle(
  server: ServerUnderFault,
  reading: readonly Viewer[],
  others: readonly Follower[],
): Promise<void> {
  const until = Date.now() + settledWithinMs;
  for (;;) {
    const missed = await Promise.all(reading.map((viewer) => missedRows(server, viewer)));
    const sum = missed.reduce((total, one) => total + one, 0);
    const revisions = [...reading.map(({ lastId }) => lastId), ...others.map(({ at }) => at())];
    const places = new Set(revisions.map((id) => id.split('.')[0]));
    if (sum === 0 && places.size === 1) return;
    const found = `${sum} rows were missed, streams stand at ${[...places].slice(0, 5).join(', ')}`;
    hold(Date.now() < until, found);
    await pause(500);
  }
}

/** A viewer that notes how far it is. */
interface Follower {
  at(): string;
  cuts(): number;
  close(): void;
}

function follow(server: ServerUnderFault): Follower {
  const state = { lastId: '', cuts: -1, isOver: false, socket: null as Socket | null };
  const go = async () => {
    while (!state.isOver) {
      state.cuts += 1;
      const socket = await open(server, state.lastId);
      state.socket = socket;
      let text = '';
      socket.setEncoding('latin1').on('data', (chunk: string) => {
        text += chunk;
        const end = text.lastIndexOf('\n\n');
        if (end < 0) return;
        const at = text.lastIndexOf('\nid: ', end);
        if (at >= 0) state.lastId = text.slice(at + 5, text.indexOf('\n', at + 5));
        text = text.slice(end);
      });
      if (!state.isOver) await once(socket, 'close');
    }
  };
  void go();
  return {
    at: () => state.lastId,
    cuts: () => state.cuts,
    close() {
      state.isOver = true;
      state.socket?.destroy();
    },
  };
}

async function open({ port }: ServerUnderFault, lastId = ''): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const since = lastId === '' ? '' : `last-event-id: ${lastId}\r\n`;
  socket.write(
    `GET /api/v1/stream?topics=sessions HTTP/1.1\r\nhost: localhost\r\nx-api-key: ${faultKey}\r\n${since}\r\n`,
  );
  return socket;
}
