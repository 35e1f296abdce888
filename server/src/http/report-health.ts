import type { HealthReport } from '@niitaka/protocol/server-state.ts';
import type { AppParts } from './app-parts.ts';
import { timeToWire } from './map-access.ts';
import type { ServerState } from './server-state.ts';

/** How this process and its storage are doing, as one organisation may see it. */
export async function reportHealth(
  { version, storage, metrics, recentIngest, live, clock }: AppParts,
  startedAtMs: number,
  { storageBytes, sweptAtMs }: ServerState,
  orgId: string,
): Promise<HealthReport> {
  const health = storage.health();
  const recent = recentIngest.read();
  return {
    version,
    started_at: timeToWire(startedAtMs),
    storage: {
      engine: storage.engine,
      ok: health.ok,
      detail: health.detail,
      bytes: storageBytes,
      log_bytes: health.logBytes,
      queued_batches: health.queuedBodies,
      queued_bytes: health.queuedBytes,
      queue_age_ms: Math.round(health.queueAgeMs),
      errors: metrics.engineErrors.total(),
    },
    ingest: {
      records_per_second: rounded(recent.recordsPerSecond),
      batches_per_second: rounded(recent.batchesPerSecond),
      ack_p50_ms: recent.ackP50Ms === null ? null : rounded(recent.ackP50Ms),
      ack_p99_ms: recent.ackP99Ms === null ? null : rounded(recent.ackP99Ms),
      records_per_commit: recent.commitRecords === null ? null : rounded(recent.commitRecords),
      refused_batches: metrics.refusedForLoad.total(),
      history: recent.history.map(rounded),
    },
    sweep: {
      last_ran_at: sweptAtMs === null ? null : timeToWire(sweptAtMs),
      lag_ms: Math.max(0, clock() - (sweptAtMs ?? startedAtMs)),
    },
    streams: live.size,
    slow_streams: metrics.slowStreams.total(),
    stream_returns: metrics.streamReturns.byLabel(),
    memory_bytes: process.memoryUsage.rss(),
    // A storage that is away is told of above.
    lost_by_senders: await storage.reader.lostRecords(orgId).catch(() => ({})),
  };
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
