import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Connection } from './connection.ts';
import { setReadGate } from './read-gate.ts';

/** Pages in the log at which the checkpointer copies them into the file. */
export const passivePages = 2_000;

/** Pages in the log at which readers are held back so that it can begin anew. */
export const restartPages = 8_000;

/** How often the log's size is looked at, in commits. */
const commitsPerLook = 8;

/** Commits to wait after a restart that gained nothing. */
const backOffCommits = 256;

const pageBytes = 8_192;

/** Keeps the write-ahead log short while writes go on. */
export interface Checkpoints {
  afterCommit(): void;
  close(): Promise<void>;
}

/** What the checkpointer thread says when it has copied what it could. */
export interface CheckpointReport {
  readonly log: number;
  readonly copied: number;
}

/** Starts the checkpointer thread for a database; `db` is the writer's connection. */
export function openCheckpoints(
  db: Connection,
  path: string,
  gate: SharedArrayBuffer,
): Checkpoints {
  const worker = new Worker(new URL('./checkpointer-thread.ts', import.meta.url), {
    workerData: path,
  });
  worker.unref();
  let busy = false;
  let commits = 0;
  let rest = 0;
  const finish = () => {
    busy = false;
    // With nothing left to copy and no reader inside, the next write begins the log anew.
    db.pragma('wal_checkpoint(PASSIVE)');
  };
  worker.on('message', finish);
  worker.on('error', () => {
    busy = true;
  });
  const restart = () => {
    setReadGate(gate, true);
    const before = logPages(path);
    db.pragma('wal_checkpoint(RESTART)');
    setReadGate(gate, false);
    if (logPages(path) >= before) rest = backOffCommits;
  };
  return {
    afterCommit() {
      commits += 1;
      if (rest > 0) rest -= 1;
      if (commits % commitsPerLook !== 0) return;
      const pages = walPages(db);
      if (pages >= restartPages && rest === 0) restart();
      else if (pages >= passivePages && !busy) {
        busy = true;
        worker.postMessage('passive');
      }
    },
    async close() {
      await worker.terminate();
      db.pragma('wal_checkpoint(TRUNCATE)');
    },
  };
}

/** Pages in the log that are not yet to be overwritten: NOOP looks without copying. */
function walPages(db: Connection): number {
  const [row] = db.pragma('wal_checkpoint(NOOP)') as { log: number; checkpointed: number }[];
  return row === undefined ? 0 : row.log;
}

function logPages(path: string): number {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) / pageBytes;
}
