import type { FastifyRequest } from 'fastify';
import { HttpProblem } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether a read looks at its query, and then refuses what it does not know. */
    readsQuery?: boolean;
  }
}

/** Filters that the answer names, at most. */
const shownNames = 20;

/** A read of the API that takes no filter refuses them all: none is ignored (wire). */
export async function refuseUnreadQuery(request: FastifyRequest): Promise<void> {
  const { method, routeOptions } = request;
  const isRead = method === 'GET' || method === 'HEAD';
  const path = routeOptions.url ?? '';
  if (!isRead || !path.startsWith('/api/') || routeOptions.config.readsQuery === true) return;
  const names = Object.keys(request.query as object).slice(0, shownNames);
  const [first] = names;
  if (first === undefined) return;
  throw new HttpProblem('invalid', `The query is not valid at ${first}: ${path} takes no filter`, {
    errors: names.map((name) => ({
      path: name,
      code: 'unrecognized_keys',
      message: `Unrecognized key: ${JSON.stringify(name)}`,
    })),
  });
}
