import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { figureOf, type Figure } from './figure.ts';
import { seedDatabase, type ReadScale } from './reads.ts';
import { startServer } from './server-process.ts';

// Longer than a server needs to give back what its start took.
const idleMs = 15_000;

/** From the start of the process to its first answer, empty and full, and what an idle server holds. */
export async function benchStart(scale: ReadScale, runs: number): Promise<readonly Figure[]> {
  const empty = mkdtempSync(join(tmpdir(), 'niitaka-bench-'));
  const full = mkdtempSync(join(tmpdir(), 'niitaka-bench-'));
  try {
    const emptyMs = await measureStarts(empty, runs);
    const idleMb = await measureIdle(empty);
    await seedDatabase(full, scale);
    const fullMs = await measureStarts(full, runs);
    const events = scale.sessions * scale.eventsPerSession;
    return [
      figureOf('start, empty', 'ms', emptyMs, '<= 1000'),
      figureOf(`start, ${events} events`, 'ms', fullMs, '<= 2000'),
      figureOf('idle memory', 'MB', [idleMb], '<= 120'),
    ];
  } finally {
    rmSync(empty, { recursive: true, force: true });
    rmSync(full, { recursive: true, force: true });
  }
}

async function measureStarts(dataDir: string, runs: number): Promise<number[]> {
  const times: number[] = [];
  // The first one compiles, and makes the database.
  await (await startServer(dataDir)).stop(true);
  for (let run = 0; run < runs; run += 1) {
    const startedAt = performance.now();
    const server = await startServer(dataDir);
    const answer = await fetch(`http://127.0.0.1:${server.port}/readyz`);
    await answer.arrayBuffer();
    times.push(performance.now() - startedAt);
    await server.stop(true);
  }
  return times;
}

async function measureIdle(dataDir: string): Promise<number> {
  const server = await startServer(dataDir);
  await pause(idleMs);
  const mb = server.residentMb();
  await server.stop(true);
  return mb;
}
