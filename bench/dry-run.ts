import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { figureOf, type Figure } from './figure.ts';
import { fullScale, seedDatabase } from './reads.ts';
import { benchKey, startServer, type ServerProcess } from './server-process.ts';

const sessions = 100_000;
const daysBack = 100;
const pauseMs = 20;

const limits = [
  ['session', 0.1],
  ['tree', 0.5],
  ['day', 5],
] as const;

/** A limit of each scope on 100,000 stored sessions of 10 events, and the list of sessions read meanwhile (P9). */
export async function benchDryRun(runs: number): Promise<readonly Figure[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'niitaka-bench-'));
  try {
    await seedDatabase(dataDir, { ...fullScale, sessions });
    const server = await startServer(dataDir);
    const figures: Figure[] = [];
    for (const [scope, usd] of limits) {
      const took: number[] = [];
      const lists: number[] = [];
      for (let run = 0; run < runs; run += 1) took.push(await timedRun(server, scope, usd, lists));
      figures.push(figureOf(`dry run, ${scope} limit`, 's', took, '<= 10'));
      figures.push(figureOf(`dry run, list beside ${scope} limit`, 'ms', lists));
    }
    await server.stop(true);
    return figures;
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Seconds of one run; how long each list took beside it goes into `lists`, ms. */
async function timedRun(
  server: ServerProcess,
  scope: string,
  usd: number,
  lists: number[],
): Promise<number> {
  const url = `http://127.0.0.1:${server.port}/api/v1`;
  const headers = { 'x-api-key': benchKey, 'content-type': 'application/json' };
  const condition = { cost_exceeded: usd };
  const policy = { type: 'cost_limit', scope, condition, action: { type: 'abort' } };
  const from = new Date(Date.now() - daysBack * 86_400_000).toISOString();
  const body = JSON.stringify({ policy, from, to: new Date().toISOString() });
  const startedAt = performance.now();
  const isDone = new AbortController();
  const running = fetch(`${url}/policies/dry-run`, { method: 'POST', headers, body })
    .then((answer) => answer.text())
    .finally(() => isDone.abort());
  while (!isDone.signal.aborted) {
    const askedAt = performance.now();
    await (await fetch(`${url}/sessions`, { headers })).arrayBuffer();
    lists.push(performance.now() - askedAt);
    await pause(pauseMs);
  }
  const text = await running;
  if (!text.includes('event: result')) throw new Error(`no result: ${text.slice(-300)}`);
  return (performance.now() - startedAt) / 1000;
}
