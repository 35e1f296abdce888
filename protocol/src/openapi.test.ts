import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { buildOpenApi } from './openapi.ts';
import { operations } from './operations.ts';

test('protocol/openapi.json is current: node tools/openapi.ts writes it anew', () => {
  const stored: unknown = JSON.parse(
    readFileSync(new URL('../openapi.json', import.meta.url), 'utf8'),
  );
  expect(stored).toEqual(JSON.parse(JSON.stringify(buildOpenApi(packageJson.version))));
});

test('operations names each call once', () => {
  const names = operations.map(({ method, path }) => `${method} ${path}`);
  expect(names).toEqual([...new Set(names)]);
});

test('buildOpenApi() describes queries, bodies, answers and problems', () => {
  const { paths } = buildOpenApi('1.2.3') as {
    paths: Record<string, Record<string, { parameters?: { name: string }[]; responses: object }>>;
  };
  const list = paths['/api/v1/sessions']?.['get'];
  expect(list?.parameters?.map(({ name }) => name)).toContain('conversation_id');
  expect(Object.keys(list?.responses ?? {})).toEqual(['200', 'default']);
  const key = paths['/api/v1/keys']?.['post'];
  expect(key?.parameters?.map(({ name }) => name)).toEqual(['Idempotency-Key']);
  expect(Object.keys(key?.responses ?? {})).toEqual(['201', 'default']);
});
