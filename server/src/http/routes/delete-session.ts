import type { FastifyInstance } from 'fastify';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../authenticate.ts';
import { idParam } from '../id-param.ts';
import { problemOf } from '../problem.ts';

/** `DELETE /sessions/{id}`. */
export async function deleteSessionRoutes(app: FastifyInstance, { run }: AppParts): Promise<void> {
  app.delete('/sessions/:id', { config: { access: 'admin' } }, async (request, reply) => {
    const { orgId, actor } = callerOf(request);
    const ran = await run('delete-session', { orgId, actor, sessionId: idParam(request) });
    if (!ran.ok) throw problemOf(ran.failure);
    return reply.code(204).send();
  });
}
