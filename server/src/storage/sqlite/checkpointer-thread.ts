import { parentPort, workerData } from 'node:worker_threads';
import type { CheckpointReport } from './checkpoints.ts';
import { openCheckpointer } from './connection.ts';

const db = openCheckpointer(workerData as string);

parentPort?.on('message', () => {
  const [row] = db.pragma('wal_checkpoint(PASSIVE)') as { log: number; checkpointed: number }[];
  const report: CheckpointReport = { log: row?.log ?? 0, copied: row?.checkpointed ?? 0 };
  parentPort?.postMessage(report);
});
