import type { FastifyRequest } from 'fastify';
import type { Once, RanOnce } from '../commands/run-once.ts';
import { callerOf } from './authenticate.ts';
import { HttpProblem } from './problem.ts';
import { seal, sha256, unseal } from './secret.ts';

const longestKey = 255;

/**
 * What makes this request the same one again, from its `Idempotency-Key`; null without one. A secret of the first
 * answer is stored sealed with the key itself, of which only the hash is kept.
 */
export function onceOf(request: FastifyRequest, secret = ''): Once | null {
  const key = keyOf(request);
  if (key === null) return null;
  const { orgId } = callerOf(request);
  const asked = `${request.method} ${request.url}\n${JSON.stringify(request.body ?? null)}`;
  return {
    orgId,
    keyHash: sha256(`${orgId}\n${key}`),
    bodyHash: sha256(asked),
    sealed: seal(secret, key),
  };
}

/** The secret to answer with: the one of the first time when this is a repetition. */
export function secretOf(request: FastifyRequest, ran: RanOnce<unknown>, fresh: string): string {
  const key = keyOf(request);
  return ran.sealedBefore === null || key === null ? fresh : unseal(ran.sealedBefore, key);
}

function keyOf(request: FastifyRequest): string | null {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return null;
  const key = Array.isArray(header) ? header.join() : header;
  if (key.length > 0 && key.length <= longestKey) return key;
  const wanted = `1 to ${longestKey} characters: found ${key.length}`;
  throw new HttpProblem('invalid', `Idempotency-Key must have ${wanted}`);
}
