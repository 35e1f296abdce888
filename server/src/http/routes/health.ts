import type { FastifyInstance } from 'fastify';
import type { HealthReport } from '@niitaka/protocol/server-state.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../authenticate.ts';
import { reportHealth } from '../report-health.ts';
import { HttpProblem } from '../problem.ts';
import { watchServerState, type ServerState } from '../server-state.ts';

/** `/healthz`, `/readyz`, `/metrics`. */
export async function healthRoutes(app: FastifyInstance, parts: AppParts): Promise<void> {
  const { storage, metrics, clock } = parts;
  const startedAtMs = clock();
  const state = watchServerState(storage.reader, clock, () => metrics.engineErrors.add(1, 'read'));
  addStorageGauges(parts, startedAtMs, () => state.last());

  app.get('/healthz', { config: { access: 'any' } }, async () => ({ status: 'alive' }));

  app.get('/readyz', { config: { access: 'any' } }, async () => {
    const health = storage.health();
    if (!health.ok)
      throw new HttpProblem('unavailable', `The storage cannot answer: ${health.detail}`);
    return { status: 'ready' };
  });

  app.get(
    '/api/v1/health',
    { config: { access: 'read' } },
    async (request): Promise<HealthReport> =>
      reportHealth(parts, startedAtMs, await state.read(), callerOf(request).orgId),
  );

  app.get('/metrics', { config: { access: 'metrics' } }, async (_request, reply) => {
    await state.read();
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(metrics.render());
  });
}

function addStorageGauges(
  { metrics, storage, clock }: AppParts,
  startedAtMs: number,
  last: () => ServerState,
): void {
  const { gauge, gauges } = metrics;
  gauge('niitaka_storage_up', 'Whether the storage answers', () => (storage.health().ok ? 1 : 0));
  gauge('niitaka_storage_bytes', 'Size of the database', () => last().storageBytes);
  gauge('niitaka_storage_log_bytes', 'Log beside the database file (SQLite)', () => {
    return storage.health().logBytes;
  });
  gauge('niitaka_ingest_queued_batches', 'Batches that wait for their commit', () => {
    return storage.health().queuedBodies;
  });
  gauge('niitaka_ingest_queued_bytes', 'Bytes of batches that wait for their commit', () => {
    return storage.health().queuedBytes;
  });
  gauge('niitaka_ingest_queue_age_seconds', 'Wait of the oldest batch so far', () => {
    return storage.health().queueAgeMs / 1000;
  });
  gauge('niitaka_sweep_lag_seconds', 'Time since stale sessions were last looked for', () => {
    return Math.max(0, clock() - (last().sweptAtMs ?? startedAtMs)) / 1000;
  });
  gauges(
    {
      name: 'niitaka_lost_records',
      help: 'Records that SDKs lost before any session was known, in 30 days',
      label: 'reason',
    },
    () => last().lostRecords,
  );
}
