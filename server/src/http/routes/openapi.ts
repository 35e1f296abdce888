import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';

const path = fileURLToPath(import.meta.resolve('@niitaka/protocol/openapi.json'));

/** `/openapi.json`: the contract, as generated from the schemas. */
export async function openapiRoutes(app: FastifyInstance): Promise<void> {
  app.get('/openapi.json', { config: { access: 'page' } }, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(await readFile(path)),
  );
}
