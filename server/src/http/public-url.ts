import type { FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';

/** The address people open, without a slash at its end: as configured, else the one of this request. */
export function publicUrlOf(request: FastifyRequest, config: Config): string {
  return config.publicUrl ?? `${request.protocol}://${request.host}`;
}

/** The one-time link that signs a person in. */
export function signInLink(publicUrl: string, token: string): string {
  return `${publicUrl}/sign-in?token=${token}`;
}
