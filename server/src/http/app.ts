import { randomBytes } from 'node:crypto';
import { fastify, type FastifyInstance } from 'fastify';
import { answerError } from './answer-error.ts';
import type { AppParts } from './app-parts.ts';
import { authenticate } from './authenticate.ts';
import { ReadUnavailableError } from '../storage/read-unavailable.ts';
import { answerClientError } from './client-error.ts';
import { agentRoutes } from './routes/agents.ts';
import { HttpProblem } from './problem.ts';
import { refuseUnreadQuery } from './refuse-unread-query.ts';
import { auditRoutes } from './routes/audit.ts';
import { budgetRoutes } from './routes/budgets.ts';
import { controlRoutes } from './routes/control.ts';
import { deleteSessionRoutes } from './routes/delete-session.ts';
import { dryRunRoutes } from './routes/dry-run.ts';
import { healthRoutes } from './routes/health.ts';
import { ingestRoutes } from './routes/ingest.ts';
import { keyRoutes } from './routes/keys.ts';
import { listRoutes } from './routes/lists.ts';
import { openapiRoutes } from './routes/openapi.ts';
import { notFound, pageRoutes } from './routes/pages.ts';
import { peopleRoutes } from './routes/people.ts';
import { sessionPartRoutes } from './routes/session-parts.ts';
import { sessionRoutes } from './routes/session.ts';
import { sessionsExportRoutes } from './routes/sessions-export.ts';
import { sessionsRoutes } from './routes/sessions.ts';
import { policyFileRoutes } from './routes/policy-files.ts';
import { policyRoutes } from './routes/policies.ts';
import { snapshotRoutes } from './routes/snapshot.ts';
import { sampleRoutes } from './routes/samples.ts';
import { streamRoutes } from './routes/stream.ts';
import { versionRoutes } from './routes/versions.ts';
import { viewRoutes } from './routes/views.ts';

const bodyLimit = 256 * 1024;
const wholeRequestMs = 30_000;
const headersMs = 10_000;
const checkEveryMs = 5_000;
// Longer than common proxies keep a connection, so that it is they who close it.
const keepAliveMs = 75_000;
const headerBytesLimit = 16 * 1024;

/** Puts the HTTP side together; it does not listen yet. */
export async function buildApp(parts: AppParts): Promise<FastifyInstance> {
  const { config } = parts;
  const app = fastify({
    logger: false,
    bodyLimit,
    requestTimeout: wholeRequestMs,
    keepAliveTimeout: keepAliveMs,
    trustProxy: config.trustedProxies.length === 0 ? false : [...config.trustedProxies],
    rewriteUrl: (request) => withoutBasePath(request.url ?? '/', config.basePath),
    genReqId: openRequestIds(),
    // What comes while the server ends is refused below, with the time to come again.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 300 },
    http: {
      headersTimeout: headersMs,
      connectionsCheckingInterval: checkEveryMs,
      maxHeaderSize: headerBytesLimit,
    },
    clientErrorHandler: answerClientError,
    schemaController: { compilersFactory: withoutCompilers },
  });
  app.decorateRequest('caller', null);
  readJsonBodies(app);
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof ReadUnavailableError) parts.metrics.engineErrors.add(1, 'read');
    return answerError(error, request, reply, parts.log);
  });
  app.setNotFoundHandler((request) => {
    throw notFound(request);
  });
  addHooks(app, parts);
  await app.register(async (root) => healthRoutes(root, parts));
  await app.register(async (api) => addApiRoutes(api, parts), { prefix: '/api/v1' });
  await app.register(async (root) => pageRoutes(root, parts));
  return app;
}

async function addApiRoutes(api: FastifyInstance, parts: AppParts): Promise<void> {
  // Its own scope: bodies are read there in another way.
  await api.register(async (scope) => ingestRoutes(scope, parts));
  await sessionRoutes(api, parts);
  await sessionsRoutes(api, parts);
  await sessionsExportRoutes(api, parts);
  await sessionPartRoutes(api, parts);
  await listRoutes(api, parts);
  await agentRoutes(api, parts);
  await versionRoutes(api, parts);
  await keyRoutes(api, parts);
  await peopleRoutes(api, parts);
  await viewRoutes(api, parts);
  await policyRoutes(api, parts);
  await api.register(async (scope) => policyFileRoutes(scope, parts));
  await dryRunRoutes(api, parts);
  await snapshotRoutes(api, parts);
  await auditRoutes(api, parts);
  await streamRoutes(api, parts);
  await deleteSessionRoutes(api, parts);
  await controlRoutes(api, parts);
  await budgetRoutes(api, parts);
  await sampleRoutes(api, parts);
  await openapiRoutes(api);
}

function addHooks(app: FastifyInstance, { config, credentials, metrics, log }: AppParts): void {
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  // A connection that is kept would keep a server from ending that has answered everything.
  app.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close');
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.header('request-id', request.id);
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'no-referrer');
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
    if (isClosing) throw new HttpProblem('unavailable', 'This server is ending: ask again');
    request.caller = await authenticate(request, config, credentials);
  });
  app.addHook('preHandler', refuseUnreadQuery);
  app.addHook('onResponse', async (request, reply) => {
    const route = `${request.method} ${request.routeOptions.url ?? 'unknown'}`;
    metrics.requests.add(1, String(reply.statusCode));
    metrics.requestSeconds.observe(reply.elapsedTime / 1000, route);
    if (log.isLevelEnabled('debug')) {
      const { statusCode: status, elapsedTime: ms } = reply;
      log.debug({ requestId: request.id, route, status, ms }, 'answered');
    }
  });
}

/** An empty body is none, also where the content type says JSON. */
function readJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    return parse(request, String(body), done);
  });
}

// Input is parsed by the protocol: without these, compilers for schemas of routes are loaded, some 3 MB.
const withoutCompilers = { buildValidator: refuseSchemas, buildSerializer: refuseSchemas };

function refuseSchemas(): never {
  throw new Error('a route has a schema of its own: what it takes is parsed by the protocol');
}

function withoutBasePath(url: string, basePath: string): string {
  if (basePath === '/') return url;
  if (url === basePath.slice(0, -1)) return '/';
  return url.startsWith(basePath) ? `/${url.slice(basePath.length)}` : url;
}

/** Ids that do not repeat between starts; what a client sends is not taken over. */
function openRequestIds(): () => string {
  const start = randomBytes(6).toString('base64url');
  let count = 0;
  return () => {
    count += 1;
    return `${start}-${count.toString(36)}`;
  };
}
