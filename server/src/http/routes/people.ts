import type { FastifyInstance } from 'fastify';
import { InvitePerson, type InvitedPerson, type Person } from '@niitaka/protocol/access.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../authenticate.ts';
import { idParam } from '../id-param.ts';
import { onceOf, secretOf } from '../idempotency.ts';
import { personToWire, timeToWire } from '../map-access.ts';
import { parseInput } from '../parse-input.ts';
import { problemOf } from '../problem.ts';
import { publicUrlOf, signInLink } from '../public-url.ts';
import { newToken, sha256 } from '../secret.ts';

const listLimit = 1000;
const invitationLifeMs = 7 * 86_400_000;

/** `/people`: those who sign in, invited by a one-time link (O3). */
export async function peopleRoutes(app: FastifyInstance, parts: AppParts): Promise<void> {
  const { storage, run, credentials, live, clock, config } = parts;

  app.get(
    '/people',
    { config: { access: 'read' } },
    async (request): Promise<{ items: Person[] }> => {
      const rows = await storage.reader.people(callerOf(request).orgId, listLimit);
      return { items: rows.map(personToWire) };
    },
  );

  app.post('/people', { config: { access: 'admin' } }, async (request, reply) => {
    const { orgId, actor } = callerOf(request);
    const { name, role } = parseInput(InvitePerson, request.body, 'body');
    const fresh = newToken();
    const linkExpiresAtMs = clock() + invitationLifeMs;
    const ran = await run('invite-person', {
      once: onceOf(request, fresh),
      args: { orgId, actor, name, role, linkHash: sha256(fresh), linkExpiresAtMs },
    });
    if (!ran.ok) throw problemOf(ran.failure);
    const { person, linkExpiresAtMs: expiresAtMs } = ran.value.value;
    const token = secretOf(request, ran.value, fresh);
    const answer: InvitedPerson = {
      ...personToWire(person),
      link: signInLink(publicUrlOf(request, config), token),
      link_expires_at: timeToWire(expiresAtMs),
    };
    return reply.code(201).send(answer);
  });

  app.delete('/people/:id', { config: { access: 'admin' } }, async (request, reply) => {
    const { orgId, actor } = callerOf(request);
    const id = idParam(request);
    const ran = await run('revoke-person', { orgId, actor, id });
    if (!ran.ok) throw problemOf(ran.failure);
    credentials.forget();
    live.bye({ holderId: id }, 'revoked');
    return reply.code(204).send();
  });
}
