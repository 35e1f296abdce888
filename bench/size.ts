import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildDashboard } from '../tools/setup/build-dashboard.mjs';
import { databaseFileName } from '../server/src/writer/open-storage.ts';
import { figureOf, type Figure } from './figure.ts';
import { ingestBodies } from './ingest-bodies.ts';
import { postBatches } from './post-batches.ts';
import { benchKey, startServer } from './server-process.ts';

const root = resolve(import.meta.dirname, '..');
const seconds = 4;
const batchSize = 100;

/** What it takes on disk: the program with its runtime, and each event with 600 bytes of content. */
export async function benchSize(): Promise<readonly Figure[]> {
  await buildDashboard(root, process.execPath);
  return [
    figureOf('bytes on disk per event', 'bytes', [await bytesPerEvent()], '<= 1200'),
    figureOf('install, runtime only', 'MB', [installMb()]),
  ];
}

async function bytesPerEvent(): Promise<number> {
  const server = await startServer();
  const path = join(server.dataDir, databaseFileName);
  const untilMs = performance.now() + seconds * 1000;
  const bodies = ingestBodies(1, batchSize, Date.now);
  const { events } = await postBatches(server.port, benchKey, bodies, untilMs);
  await server.stop(true);
  const bytes = statSync(path).size;
  // Started once more, only to remove its directory as it goes.
  await (await startServer(server.dataDir)).stop();
  return bytes / events;
}

/** Everything the server runs from: its own files, the packages it needs at run time, and Node. */
function installMb(): number {
  const listed = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable', '-w', 'server'], {
    cwd: root,
    encoding: 'utf8',
  });
  const packages = listed.split('\n').filter((path) => path.includes('node_modules'));
  const own = ['server', 'core', 'protocol', 'dashboard/dist', 'node_modules/node'];
  const paths = [...packages, ...own.map((path) => join(root, path))];
  const sizes = execFileSync('du', ['-skL', ...new Set(paths)], { encoding: 'utf8' });
  const kilobytes = sizes
    .trim()
    .split('\n')
    .map((line) => Number(line.split('\t')[0]));
  return kilobytes.reduce((sum, one) => sum + one, 0) / 1024;
}
