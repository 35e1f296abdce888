import type { FastifyInstance } from 'fastify';
import type { HealthReport } from '@niitaka/protocol/server-state.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../authenticate.ts';
import { timeToWire } from '../map-access.ts';
import { HttpProblem } from '../problem.ts';

/** `/healthz`, `/readyz`, `/metrics`. */
export async function healthRoutes(app: FastifyInstance, parts: AppParts): Promise<void> {
  const { storage, metrics } = parts;
  const startedAtMs = parts.clock();

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
    async (request): Promise<HealthReport> => {
      const { ok, detail, queuedBodies, queuedBytes } = storage.health();
      return {
        version: parts.version,
        started_at: timeToWire(startedAtMs),
        storage: { ok, detail, queued_batches: queuedBodies, queued_bytes: queuedBytes },
        streams: parts.live.size,
        memory_bytes: process.memoryUsage.rss(),
        lost_by_senders: await storage.reader.lostRecords(callerOf(request).orgId),
      };
    },
  );

  app.get('/metrics', { config: { access: 'metrics' } }, async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(metrics.render()),
  );
}
