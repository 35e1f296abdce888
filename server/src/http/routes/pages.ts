import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AppParts } from '../app-parts.ts';
import { HttpProblem } from '../problem.ts';
import type { StaticFile } from '../static-files.ts';

const contentSecurityPolicy = [
  "default-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const yearSeconds = 31_536_000;
const notBuilt =
  'The dashboard is not built here: npm start builds it. The API answers under /api/v1.';

/** Everything that is no API: the dashboard's files, and its page for every other address. */
export async function pageRoutes(app: FastifyInstance, { dashboard }: AppParts): Promise<void> {
  app.get('/*', { config: { access: 'page' } }, async (request, reply) => {
    const path = pathOf(request);
    if (path === 'api' || path.startsWith('api/')) throw notFound(request);
    const file = await dashboard.file(path);
    if (file !== null && path !== 'index.html') return sendFile(request, reply, file);
    if (path.startsWith('assets/')) throw notFound(request);
    const index = await dashboard.index();
    if (index === null) return reply.code(503).type('text/plain; charset=utf-8').send(notBuilt);
    return sendFile(request, reply, index);
  });
}

/** The answer to a path that is not known. */
export function notFound(request: FastifyRequest): HttpProblem {
  const path = request.url.split('?')[0]?.slice(0, 200);
  return new HttpProblem('not_found', `There is nothing at ${request.method} ${path}`);
}

function pathOf(request: FastifyRequest): string {
  const { '*': path = '' } = request.params as { '*'?: string };
  return path;
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: StaticFile): FastifyReply {
  reply.header('etag', file.etag).header('vary', 'accept-encoding').type(file.type);
  reply.header(
    'cache-control',
    file.immutable ? `public, max-age=${yearSeconds}, immutable` : 'no-cache',
  );
  if (file.type.startsWith('text/html')) {
    reply.header('content-security-policy', contentSecurityPolicy);
  }
  if (request.headers['if-none-match'] === file.etag) return reply.code(304).send();
  const takesGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  if (!takesGzip || file.gzipped === null) return reply.send(file.bytes);
  return reply.header('content-encoding', 'gzip').send(file.gzipped);
}
