import { Worker } from 'node:worker_threads';
import type { Connection } from './connection.ts';
import { isBackupRunning } from './file-lock.ts';
import { setReadGate } from './read-gate.ts';

/** How long the log may become, in pages. */
export const logLimits = {
  /** Here the checkpointer copies it into the file. */
  passive: 2_000,
  /** Here readers are held back so that it can begin anew. */
  restart: 8_000,
};

/** How often the log's size is looked at, in commits. */
const commitsPerLook = 8;

/** Commits to wait after a restart that a reader stood in the way of. */
const backOffCommits = 256;

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

/** Keeps the log of a database short; `db` is the writer's connection. An idle server needs no thread for it. */
export function openCheckpoints(
  db: Connection,
  path: string,
  gate: SharedArrayBuffer,
  limits: typeof logLimits = logLimits,
): Checkpoints {
  let worker: Worker | null = null;
  let busy = false;
  let commits = 0;
  let rest = 0;
  const finish = () => {
    busy = false;
    // With nothing left to copy and no reader inside, the next write begins the log anew.
    db.pragma('wal_checkpoint(PASSIVE)');
  };
  const start = () => {
    const started = new Worker(new URL('./checkpointer-thread.ts', import.meta.url), {
      workerData: path,
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
    });
    started.unref();
    started.on('message', finish);
    started.on('error', () => {
      busy = true;
    });
    return started;
  };
  const restart = () => {
    // A backup reads for as long as it takes: waiting for it would hold up every write.
    if (isBackupRunning(path)) {
      rest = backOffCommits;
      return;
    }
    setReadGate(gate, true);
    const [row] = db.pragma('wal_checkpoint(RESTART)') as { busy: number }[];
    setReadGate(gate, false);
    if (row?.busy !== 0) rest = backOffCommits;
  };
  return {
    afterCommit() {
      commits += 1;
      if (rest > 0) rest -= 1;
      if (commits % commitsPerLook !== 0) return;
      const pages = walPages(db);
      // Two checkpoints at a time refuse each other: the one under way ends first.
      if (busy) return;
      if (pages >= limits.restart && rest === 0) restart();
      else if (pages >= limits.passive) {
        busy = true;
        worker ??= start();
        worker.postMessage('passive');
      }
    },
    async close() {
      await worker?.terminate();
      db.pragma('wal_checkpoint(TRUNCATE)');
    },
  };
}

/** Pages in the log that are not yet to be overwritten: NOOP looks without copying. */
function walPages(db: Connection): number {
  const [row] = db.pragma('wal_checkpoint(NOOP)') as { log: number; checkpointed: number }[];
  return row === undefined ? 0 : row.log;
}
