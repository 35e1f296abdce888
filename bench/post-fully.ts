import { ingestBodies } from './ingest-bodies.ts';
import { postBatches, type Posted } from './post-batches.ts';
import { benchKey, type ServerProcess } from './server-process.ts';

/** Events to a batch, and connections that post at once. */
export interface FullLoad {
  readonly batchSize: number;
  readonly connections: number;
}

/** Posts for some seconds as fast as the servers take it, the connections spread over them; one answer each. */
export function postFully(
  servers: readonly ServerProcess[],
  { batchSize, connections }: FullLoad,
  seconds: number,
): Promise<Posted[]> {
  const startedAt = performance.now();
  return Promise.all(
    Array.from({ length: connections }, (_, index) =>
      postBatches(
        servers[index % servers.length]?.port ?? 0,
        benchKey,
        ingestBodies(Math.floor(startedAt) * 64 + index, batchSize, Date.now),
        startedAt + seconds * 1000,
      ),
    ),
  );
}
