import type { FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import type { Scope } from '../storage/access-rows.ts';
import { mayUse, type Caller } from './caller.ts';
import { readSessionCookie } from './cookie.ts';
import type { Credentials } from './credentials.ts';
import { isAllowedHost, isCrossSite } from './host-check.ts';
import { HttpProblem } from './problem.ts';

/**
 * Who may use a route: a scope; `sign-in`: nobody known yet; `page`: anybody under an allowed host;
 * `any`: every host too; `metrics`: loopback without a key, else scope `read`.
 */
export type Access = Scope | 'sign-in' | 'page' | 'any' | 'metrics';

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null;
  }
  interface FastifyContextConfig {
    access?: Access;
  }
}

/** Checks that the request may use its route, and says who asks. */
export async function authenticate(
  request: FastifyRequest,
  config: Config,
  credentials: Credentials,
): Promise<Caller | null> {
  const access = request.routeOptions.config?.access ?? 'page';
  if (access === 'any') return null;
  if (access === 'page' || access === 'sign-in') {
    checkHost(request, config);
    if (access === 'sign-in') checkSite(request, config);
    return null;
  }
  if (access === 'metrics' && isLoopback(request)) {
    checkHost(request, config);
    return null;
  }
  const scope = access === 'metrics' ? 'read' : access;
  const caller = await findCaller(request, config, credentials);
  if (!mayUse(caller, scope)) {
    const found = `found ${caller.scopes.join(', ')}`;
    throw new HttpProblem('forbidden', `${describe(request)} needs the scope ${scope}: ${found}`);
  }
  return caller;
}

/** The caller of a request on a route with a scope. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === null) throw new Error(`${describe(request)} has no scope`);
  return request.caller;
}

async function findCaller(
  request: FastifyRequest,
  config: Config,
  credentials: Credentials,
): Promise<Caller> {
  const key = presentedKey(request);
  if (key !== null) {
    const caller = await credentials.byKey(key);
    if (caller !== null) return caller;
    throw new HttpProblem('unauthenticated', 'This API key is not known, or it was revoked');
  }
  checkHost(request, config);
  const token = readSessionCookie(request.headers.cookie);
  if (token === null) {
    const how = 'send X-API-Key or Authorization: Bearer with an API key, or sign in';
    throw new HttpProblem('unauthenticated', `${describe(request)} needs to know who asks: ${how}`);
  }
  checkSite(request, config);
  const caller = await credentials.byBrowserSession(token);
  if (caller !== null) return caller;
  throw new HttpProblem('unauthenticated', 'This browser is not signed in any more: sign in again');
}

function presentedKey(request: FastifyRequest): string | null {
  const header = request.headers['x-api-key'];
  if (typeof header === 'string') return header;
  const authorization = request.headers.authorization;
  const match = authorization === undefined ? null : /^Bearer +(\S+) *$/i.exec(authorization);
  if (authorization !== undefined && match === null) {
    throw new HttpProblem('unauthenticated', 'Authorization must be: Bearer and an API key');
  }
  return match?.[1] ?? null;
}

function checkHost(request: FastifyRequest, config: Config): void {
  if (isAllowedHost(config, request.host)) return;
  const how = 'add it to NIITAKA_ALLOWED_HOSTS, or set NIITAKA_PUBLIC_URL';
  throw new HttpProblem(
    'forbidden',
    `The host ${JSON.stringify(request.host)} is not known: ${how}`,
  );
}

/** A browser tells where a write comes from; whoever holds a cookie and does not is refused. */
function checkSite(request: FastifyRequest, config: Config): void {
  const { origin } = request.headers;
  const fetchSite = text(request.headers['sec-fetch-site']);
  if (isCrossSite(config, { host: request.host, origin, fetchSite })) {
    const from = origin ?? `a ${fetchSite} page`;
    throw new HttpProblem('forbidden', `A request from ${from} is not taken: it is another site`);
  }
  const reads = request.method === 'GET' || request.method === 'HEAD';
  const holdsCookie = readSessionCookie(request.headers.cookie) !== null;
  if (!reads && holdsCookie && origin === undefined && fetchSite === undefined) {
    throw new HttpProblem('forbidden', 'A write with a cookie needs the Origin header');
  }
}

/** Asked on this machine, not for somebody else, and by nobody who says who they are. */
function isLoopback(request: FastifyRequest): boolean {
  const { headers, socket } = request.raw;
  const forwarded = headers['x-forwarded-for'] ?? headers['forwarded'];
  const address = socket.remoteAddress ?? '';
  const local = address === '::1' || /^(::ffff:)?127\./.test(address);
  const isAnonymous = headers['x-api-key'] === undefined && headers.authorization === undefined;
  return local && forwarded === undefined && isAnonymous;
}

function text(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function describe(request: FastifyRequest): string {
  return `${request.method} ${request.routeOptions.url ?? request.url}`;
}
