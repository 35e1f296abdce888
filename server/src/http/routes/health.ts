import type { FastifyInstance } from 'fastify';
import type { AppParts } from '../app-parts.ts';
import { HttpProblem } from '../problem.ts';

/** `/healthz`, `/readyz`, `/metrics`. */
export async function healthRoutes(app: FastifyInstance, parts: AppParts): Promise<void> {
  const { storage, metrics } = parts;

  app.get('/healthz', { config: { access: 'any' } }, async () => ({ status: 'alive' }));

  app.get('/readyz', { config: { access: 'any' } }, async () => {
    const health = storage.health();
    if (!health.ok)
      throw new HttpProblem('unavailable', `The storage cannot answer: ${health.detail}`);
    return { status: 'ready' };
  });

  app.get('/metrics', { config: { access: 'metrics' } }, async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(metrics.render()),
  );
}
