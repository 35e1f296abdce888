import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../log.ts';
import { ReadAbandonedError, ReadUnavailableError } from '../storage/read-unavailable.ts';
import { HttpProblem } from './problem.ts';

/** The content type of every problem body. */
export const problemType = 'application/problem+json; charset=utf-8';

/** Answers any error of a route or hook as a problem body; what nobody foresaw is logged, and a 500. */
export function answerError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Log,
): FastifyReply {
  const known = error instanceof HttpProblem ? error : problemOfLibrary(error, request);
  if (known === null) {
    log.error({ err: error, requestId: request.id, route: request.routeOptions.url }, 'a bug');
    const detail = `The server could not answer; its log says why under ${request.id}`;
    return send(reply, 500, { ...internal, detail });
  }
  const { problem, retryAfterSeconds, extra } = known;
  if (retryAfterSeconds !== null) reply.header('retry-after', retryAfterSeconds);
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  // What is left of a body that was refused is not waited for.
  if (!request.raw.complete && hasBody(request)) reply.header('connection', 'close');
  return send(reply, problem.status, { ...problem, ...extra });
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || headers['content-length'] !== undefined;
}

const internal = {
  type: 'urn:niitaka:problem:internal',
  title: 'The server failed',
  status: 500,
  code: 'internal',
  retryable: false,
} as const;

function send(reply: FastifyReply, status: number, body: unknown): FastifyReply {
  return reply.code(status).type(problemType).send(JSON.stringify(body));
}

/** Errors that the HTTP library raises about what a client sent. */
function problemOfLibrary(error: unknown, request: FastifyRequest): HttpProblem | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof ReadUnavailableError || error instanceof ReadAbandonedError) {
    return new HttpProblem('unavailable', error.message);
  }
  const { code, statusCode } = error as Error & { code?: string; statusCode?: number };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const found = request.headers['content-length'] ?? 'more';
    const limit = request.routeOptions.bodyLimit;
    return new HttpProblem(
      'too_large',
      `The body is too large: found ${found} bytes, at most ${limit}`,
    );
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    const found = request.headers['content-type'] ?? 'none';
    const detail = `The body must be application/json: found content-type ${found}`;
    return new HttpProblem('unsupported_media_type', detail);
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new HttpProblem('invalid', `The request cannot be read: ${error.message}`, {
      status: 400,
    });
  }
  return null;
}
