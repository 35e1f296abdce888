import type { FastifyInstance } from 'fastify';
import { CreateKey, type ApiKey, type CreatedKey } from '@niitaka/protocol/access.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../authenticate.ts';
import { onceOf, secretOf } from '../idempotency.ts';
import { keyToWire } from '../map-access.ts';
import { parseInput } from '../parse-input.ts';
import { problemOf } from '../problem.ts';
import { idParam } from '../id-param.ts';
import { keyPrefix, newApiKey, sha256 } from '../secret.ts';

const listLimit = 1000;

/** `/keys`: listed without secrets, made with the secret shown once, revoked at once (O2). */
export async function keyRoutes(app: FastifyInstance, parts: AppParts): Promise<void> {
  const { storage, run, credentials, live } = parts;

  app.get(
    '/keys',
    { config: { access: 'read' } },
    async (request): Promise<{ items: ApiKey[] }> => {
      const rows = await storage.reader.keys(callerOf(request).orgId, listLimit);
      return { items: rows.map(keyToWire) };
    },
  );

  app.post('/keys', { config: { access: 'admin' } }, async (request, reply) => {
    const { orgId, actor } = callerOf(request);
    const { name, scopes } = parseInput(CreateKey, request.body, 'body');
    const fresh = newApiKey();
    const ran = await run('create-key', {
      once: onceOf(request, fresh),
      args: { orgId, actor, name, scopes, prefix: keyPrefix(fresh), hash: sha256(fresh) },
    });
    if (!ran.ok) throw problemOf(ran.failure);
    const key = secretOf(request, ran.value, fresh);
    const answer: CreatedKey = { ...keyToWire(ran.value.value), key };
    return reply.code(201).send(answer);
  });

  app.delete('/keys/:id', { config: { access: 'admin' } }, async (request, reply) => {
    const { orgId, actor } = callerOf(request);
    const id = idParam(request);
    const ran = await run('revoke-key', { orgId, actor, id });
    if (!ran.ok) throw problemOf(ran.failure);
    credentials.forget();
    live.bye({ holderId: id }, 'revoked');
    return reply.code(204).send();
  });
}
