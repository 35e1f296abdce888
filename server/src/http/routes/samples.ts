import type { FastifyInstance } from 'fastify';
import type { RemovedSamples, SampleState } from '@niitaka/protocol/server-state.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../authenticate.ts';

/** `/samples`: sample sessions, so that the pages show life before the first agent does. */
export async function sampleRoutes(app: FastifyInstance, { samples }: AppParts): Promise<void> {
  const stateOf = (orgId: string): SampleState => ({
    state: samples.isRunning(orgId) ? 'running' : 'done',
  });

  app.get('/samples', { config: { access: 'read' } }, async (request) =>
    stateOf(callerOf(request).orgId),
  );

  // Asking again while it runs changes nothing, so that no idempotency key is needed.
  app.post('/samples', { config: { access: 'admin' } }, async (request, reply) => {
    const { orgId, actor } = callerOf(request);
    await samples.start({ orgId, actor }, loopbackUrl(app));
    return reply.code(202).send(stateOf(orgId));
  });

  app.delete(
    '/samples',
    { config: { access: 'admin' } },
    async (request): Promise<RemovedSamples> => {
      const { orgId, actor } = callerOf(request);
      return { removed: await samples.remove({ orgId, actor }) };
    },
  );
}

/** This server as a program on the same machine reaches it. */
function loopbackUrl(app: FastifyInstance): string {
  const address = app.server.address();
  if (address === null || typeof address === 'string')
    throw new Error('the server does not listen');
  const { address: host, port } = address;
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
