import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { hold, type Fault } from './fault.ts';
import { faultDirectory, startUnderFault, type ServerUnderFault } from './server-under-fault.ts';
import { trafficBatches } from './traffic.ts';

/** Room left to the log of the database before writes fail, bytes. */
const roomBytes = 400_000;

const sessions = 300;

/** The file system refuses to grow a file: senders are told to wait, nothing is half written, and it recovers. */
export const fillDisk: Fault = {
  name: 'no room to write',
  gate: '503 + Retry-After, nothing half-written, recovers by itself',
  rounds: { full: 20, short: 2 },
  async run(rounds) {
    let refused = 0;
    for (let round = 0; round < rounds; round += 1) refused += await fillOnce(2_000 + round);
    return `${rounds} rounds, ${refused} batches told to wait and taken later`;
  },
};

async function fillOnce(seed: number): Promise<number> {
  const directory = faultDirectory();
  const server = await startUnderFault(directory.path);
  try {
    const bodies = trafficBatches(seed, sessions, 100);
    await sendAll(server, bodies.splice(0, 2));
    limitFiles(server.pid, String(biggestFile(server.dataDir) + roomBytes));
    const waiting: string[] = [];
    for (const body of bodies) {
      const { status, text, retryAfter } = await server.post(body);
      if (status === 200) continue;
      hold(status === 503, `with no room ingest answered ${status}: ${text}`);
      hold(retryAfter !== null, 'a 503 came without Retry-After');
      waiting.push(body);
    }
    hold(waiting.length > 0, 'there was room for everything: the fault did not happen');
    limitFiles(server.pid, 'unlimited');
    await sendAll(server, waiting);
    const { differenceCount, differences } = server.verify();
    hold(differenceCount === 0, JSON.stringify(differences[0]));
    return waiting.length;
  } finally {
    await server.stop();
    directory.remove();
  }
}

async function sendAll(server: ServerUnderFault, bodies: readonly string[]): Promise<void> {
  for (const body of bodies) {
    const { status, text } = await server.post(body);
    hold(status === 200, `with room ingest answered ${status}: ${text}`);
  }
}

/** Sets the greatest size of a file that the process may write. */
function limitFiles(pid: number, bytes: string): void {
  const { status, stderr } = spawnSync('prlimit', [
    '--pid',
    String(pid),
    `--fsize=${bytes}:unlimited`,
  ]);
  hold(status === 0, `cannot limit files: ${String(stderr)}`);
}

function biggestFile(dataDir: string): number {
  const sizes = ['niitaka.db', 'niitaka.db-wal'].map(
    (name) => statSync(join(dataDir, name), { throwIfNoEntry: false })?.size ?? 0,
  );
  return Math.max(...sizes);
}
