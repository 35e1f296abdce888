import { setTimeout as pause } from 'node:timers/promises';
import { quantile } from '../bench/figure.ts';
import { startLoad } from '../bench/start-load.ts';
import { engineNames } from '../server/src/storage/port.ts';
import { hold, type Fault } from './fault.ts';
import { storeSessions, storeTree } from './many-sessions.ts';
import { withServer } from './place.ts';
import { faultKey, type ServerUnderFault } from './server-under-fault.ts';

/** Descendants whose figures one call sums (S9). */
const descendants = 10_000;
const connections = 16;
const loadSeed = 5_000;
/** A bound: the load ends with the reads that it goes beside. */
const loadSeconds = 600;

/** Two readers with a great tree and a page of the export each, beside all that ingest may hold. */
const peakLimitMb = 700;
const listLimitMs = 5_000;

/** Exports and a great tree, read while as much comes in as can. */
export const bigReads: Fault = {
  name: 'big-reads',
  what: 'a huge export, a slow reader of another and a tree of 10,000 beside full ingest, by thousands of sessions',
  gate: 'whole answers, memory bounded, the list answers within 5 s',
  engines: engineNames,
  rounds: { full: 50, short: null },
  run: (thousands, engine) =>
    withServer(engine, async (server) => {
      const ids = await storeSessions(server, thousands * 1_000);
      const root = await storeTree(server, descendants);
      const load = startLoad({
        port: server.port,
        seed: loadSeed,
        seconds: loadSeconds,
        connections,
      });
      // A load that fails is told of at the end.
      load.rate.catch(() => undefined);
      const over = new AbortController();
      const lists = watchList(server, over.signal);
      const slow = readSlowly(server, over.signal);
      const trees = readTrees(server, root, over.signal);
      const missing = await exportAll(server, ids);
      over.abort();
      load.end();
      const [waits, treeMs, slowBytes] = await Promise.all([lists, trees, slow]);
      hold(missing === 0, `${missing} sessions are not in the export`);
      const peakMb = server.peakMb();
      hold(peakMb < peakLimitMb, `the server took ${peakMb.toFixed(0)} MB`);
      const p95 = quantile(waits, 0.95);
      hold(p95 < listLimitMs, `the list took ${p95.toFixed(0)} ms`);
      return `${ids.length} sessions exported, ${slowBytes} bytes read slowly, list p95 ${p95.toFixed(0)} ms, tree p50 ${quantile(treeMs, 0.5).toFixed(0)} ms, ${(await load.rate).toFixed(0)} events/s, ${peakMb.toFixed(0)} MB at most`;
    }),
};

const exportPath = '/api/v1/sessions/export?format=csv';

/** Answers how many of the sessions are not in the file. */
async function exportAll({ url }: ServerUnderFault, ids: readonly string[]): Promise<number> {
  const wanted = new Set(ids);
  const answer = await fetch(url + exportPath, { headers: { 'x-api-key': faultKey } });
  hold(answer.status === 200, `the export answered ${answer.status}`);
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const lines = text.split('\r\n');
    text = lines.pop() ?? '';
    for (const line of lines) wanted.delete(line.slice(0, line.indexOf(',')));
  }
  return wanted.size;
}

/** Takes a little of an export now and again; answers how much it got. */
async function readSlowly({ url }: ServerUnderFault, signal: AbortSignal): Promise<number> {
  let bytes = 0;
  try {
    const answer = await fetch(url + exportPath, { headers: { 'x-api-key': faultKey }, signal });
    for await (const chunk of answer.body ?? []) {
      bytes += chunk.byteLength;
      await pause(1_000, undefined, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return bytes;
}

/** What the list takes until the end, ms, in rising order. */
async function watchList(server: ServerUnderFault, signal: AbortSignal): Promise<number[]> {
  return timesOf(signal, 100, () => server.get('/sessions?limit=50'));
}

async function readTrees(
  server: ServerUnderFault,
  root: string,
  signal: AbortSignal,
): Promise<number[]> {
  return timesOf(signal, 500, async () => {
    const { items } = await server.get<{ items: { tree: { sessions: number } | null }[] }>(
      `/sessions/${root}/tree?depth=1`,
    );
    const sum = items[0]?.tree?.sessions;
    hold(sum === 1 + descendants, `the root of the tree tells ${sum} sessions`);
  });
}

async function timesOf(
  signal: AbortSignal,
  restMs: number,
  ask: () => Promise<unknown>,
): Promise<number[]> {
  const times: number[] = [];
  do {
    const startedAt = performance.now();
    await ask();
    times.push(performance.now() - startedAt);
    await pause(restMs);
  } while (!signal.aborted);
  return times.toSorted((a, b) => a - b);
}
