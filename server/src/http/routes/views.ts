import type { FastifyInstance } from 'fastify';
import { CreateView, type View } from '@niitaka/protocol/access.ts';
import { viewLimit } from '../../commands/create-view.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../authenticate.ts';
import { idParam } from '../id-param.ts';
import { onceOf } from '../idempotency.ts';
import { viewToWire } from '../map-access.ts';
import { parseInput } from '../parse-input.ts';
import { problemOf } from '../problem.ts';

/** `/views`: a page's query under a name, for the one who saved it; who may read may save. */
export async function viewRoutes(app: FastifyInstance, parts: AppParts): Promise<void> {
  const { storage, run } = parts;

  app.get('/views', { config: { access: 'read' } }, async (request): Promise<{ items: View[] }> => {
    const { orgId, holderId } = callerOf(request);
    const rows = await storage.reader.views(orgId, holderId, viewLimit);
    return { items: rows.map(viewToWire) };
  });

  app.post('/views', { config: { access: 'read' } }, async (request, reply) => {
    const { orgId, actor, holderId } = callerOf(request);
    const view = parseInput(CreateView, request.body, 'body');
    const args = { orgId, actor, holderId, ...view };
    const ran = await run('create-view', { once: onceOf(request), args });
    if (!ran.ok) throw problemOf(ran.failure);
    return reply.code(201).send(viewToWire(ran.value.value));
  });

  app.delete('/views/:id', { config: { access: 'read' } }, async (request, reply) => {
    const { orgId, actor, holderId } = callerOf(request);
    const ran = await run('delete-view', { orgId, actor, holderId, id: idParam(request) });
    if (!ran.ok) throw problemOf(ran.failure);
    return reply.code(204).send();
  });
}
