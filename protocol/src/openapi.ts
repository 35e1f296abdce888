import { z, type ZodType } from 'zod';
import type { Operation, OperationAccess } from './operation.ts';
import { operations } from './operations.ts';
import { Problem, problemStatus } from './problem.ts';

type Json = Readonly<Record<string, unknown>>;

/** The OpenAPI 3.1 description of the HTTP contract, generated from its schemas. */
export function buildOpenApi(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of operations) {
    const path = (paths[operation.path] ??= {});
    path[operation.method] = describeOperation(operation);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Niitaka', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: {
      schemas: { Problem: jsonSchema(Problem, 'output') },
      responses: { Problem: problemResponse },
      securitySchemes: {
        key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        bearer: { type: 'http', scheme: 'bearer' },
        browser: { type: 'apiKey', in: 'cookie', name: 'niitaka_session' },
      },
    },
  };
}

const problemResponse = {
  description: `A problem; its code is one of ${Object.keys(problemStatus).join(', ')}.`,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
} as const;

function describeOperation(operation: Operation): Json {
  const { path, query, body, answer, idempotent } = operation;
  const parameters = [
    ...pathParameters(path),
    ...(query === undefined ? [] : queryParameters(query)),
    ...(idempotent === true ? [idempotencyKey] : []),
  ];
  return {
    summary: operation.summary,
    security: security[operation.access],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: json(body, 'input') } }),
    responses: {
      [answer.status]: { description: 'Done.', ...answerContent(answer) },
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

function answerContent(answer: Operation['answer']): Json {
  if ('schema' in answer) return { content: json(answer.schema, 'output') };
  return 'contentType' in answer
    ? { content: { [answer.contentType]: { schema: { type: 'string' } } } }
    : {};
}

const byScope = (scope: string) => [{ key: [scope] }, { bearer: [scope] }];
const security: Readonly<Record<OperationAccess, readonly Json[]>> = {
  ingest: byScope('ingest'),
  read: [...byScope('read'), { browser: [] }],
  admin: [...byScope('admin'), { browser: [] }],
  'sign-in': [],
  open: [],
  metrics: [{}, ...byScope('read')],
};

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'The same key with the same body within 24 h is answered with the first result.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
} as const;

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', format: 'uuid' },
  }));
}

function queryParameters(query: NonNullable<Operation['query']>): Json[] {
  const { properties = {}, required = [] } = jsonSchema(query, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

function json(schema: ZodType, io: 'input' | 'output'): Json {
  return { 'application/json': { schema: jsonSchema(schema, io) } };
}

function jsonSchema(schema: ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
