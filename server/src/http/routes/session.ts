import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SignIn, type Identity } from '@niitaka/protocol/access.ts';
import type { SignIn as SignInArgs } from '../../commands/sign-in.ts';
import type { AppParts } from '../app-parts.ts';
import { callerOf } from '../authenticate.ts';
import { mayUse, roleOf, type Caller } from '../caller.ts';
import { clearedCookie, readSessionCookie, sessionCookie } from '../cookie.ts';
import { parseInput } from '../parse-input.ts';
import { HttpProblem, problemOf } from '../problem.ts';
import { publicUrlOf } from '../public-url.ts';
import { openRateLimit } from '../rate-limit.ts';
import { newToken, sha256 } from '../secret.ts';

const triesPerMinute = 10;
const minuteMs = 60_000;

/** `/session`: sign in by link or admin key, who is signed in, sign out (O3). */
export async function sessionRoutes(app: FastifyInstance, parts: AppParts): Promise<void> {
  const { run, credentials, live, config, clock } = parts;
  const tries = openRateLimit(triesPerMinute, minuteMs);

  // Every page asks this first: the browser keeps its cookie for 30 days from here.
  app.get('/session', { config: { access: 'read' } }, async (request, reply) => {
    const caller = callerOf(request);
    const token = caller.sessionHash === null ? null : readSessionCookie(request.headers.cookie);
    if (token !== null) reply.header('set-cookie', sessionCookie(config, token));
    return identityOf(request, caller, parts);
  });

  app.post('/session', { config: { access: 'sign-in' } }, async (request, reply) => {
    const waitSeconds = tries.take(request.ip, clock());
    if (waitSeconds > 0) throw tooManyTries(waitSeconds);
    const body = parseInput(SignIn, request.body, 'body');
    const token = newToken();
    const before = readSessionCookie(request.headers.cookie);
    const ran = await run('sign-in', {
      by: 'token' in body ? { linkHash: sha256(body.token) } : await adminKey(body.key, parts),
      sessionHash: sha256(token),
      replacesHash: before === null ? null : sha256(before),
    });
    if (!ran.ok) throw problemOf(ran.failure);
    tries.giveBack(request.ip);
    credentials.forget();
    const caller = await credentials.byBrowserSession(token);
    if (caller === null) throw new HttpProblem('unauthenticated', 'The sign-in was revoked');
    const identity = await identityOf(request, caller, parts);
    return reply.header('set-cookie', sessionCookie(config, token)).send(identity);
  });

  app.delete('/session', { config: { access: 'read' } }, async (request, reply) => {
    const caller = callerOf(request);
    if (caller.sessionHash !== null) {
      const { orgId, actor, sessionHash } = caller;
      const ran = await run('sign-out', { orgId, actor, sessionHash });
      if (!ran.ok) throw problemOf(ran.failure);
      credentials.forget();
      live.bye({ owner: sessionHash }, 'sign_out');
    }
    return sendSignedOut(reply, clearedCookie(config));
  });
}

function sendSignedOut(reply: FastifyReply, cookie: string): FastifyReply {
  return reply.header('set-cookie', cookie).header('clear-site-data', '"cache"').code(204).send();
}

async function adminKey(key: string, { credentials }: AppParts): Promise<SignInArgs['by']> {
  const caller = await credentials.byKey(key.trim());
  if (caller === null) {
    throw new HttpProblem('unauthenticated', 'This API key is not known, or it was revoked');
  }
  if (!mayUse(caller, 'admin')) {
    const found = caller.scopes.join(', ');
    throw new HttpProblem(
      'forbidden',
      `Signing in takes a key with the scope admin: found ${found}`,
    );
  }
  return { orgId: caller.orgId, keyId: caller.holderId, keyActor: caller.actor };
}

async function identityOf(
  request: FastifyRequest,
  caller: Caller,
  { storage, config, version }: AppParts,
): Promise<Identity> {
  const { orgId, person } = caller;
  const [organisation, hasSessions] = await Promise.all([
    storage.reader.organisation(orgId),
    storage.reader.hasSessions(orgId),
  ]);
  return {
    organisation: { id: orgId, name: organisation?.name ?? '' },
    person: person === null ? null : { id: person.id, name: person.name },
    role: roleOf(caller),
    public_url: publicUrlOf(request, config),
    first_run: !hasSessions,
    version,
  };
}

function tooManyTries(waitSeconds: number): HttpProblem {
  const detail = `At most ${triesPerMinute} failed tries to sign in a minute: wait ${waitSeconds} s`;
  return new HttpProblem('rate_limited', detail, { retryAfterSeconds: waitSeconds });
}
