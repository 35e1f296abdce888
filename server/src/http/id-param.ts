import type { FastifyRequest } from 'fastify';
import { HttpProblem } from './problem.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** An id in the path, lower-cased; a text that is no id answers like an id that does not exist. */
export function idParam(request: FastifyRequest, name = 'id'): string {
  const params = request.params as Readonly<Record<string, string>>;
  const id = (params[name] ?? '').toLowerCase();
  if (uuid.test(id)) return id;
  throw new HttpProblem(
    'not_found',
    `There is none with the id ${JSON.stringify(id.slice(0, 100))}`,
  );
}
