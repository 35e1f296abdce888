import { recordKinds, type RecordKind } from '@niitaka/protocol/ingest.ts';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { z } from 'zod';

/** The check of one record kind, and the fields it knows. */
export interface RecordSchema {
  readonly validate: ValidateFunction;
  readonly fields: ReadonlySet<string>;
}

/** Compiles the wire's schemas once; a look-up by kind answers undefined for an unknown one. */
export function compileRecordSchemas(): ReadonlyMap<string, RecordSchema> {
  const ajv = new Ajv({ coerceTypes: false, removeAdditional: false, strict: false });
  const kinds = Object.entries(recordKinds) as [RecordKind, z.ZodObject][];
  return new Map(
    kinds.map(([kind, schema]) => {
      const json = z.toJSONSchema(schema, { target: 'draft-7', io: 'input' });
      const fields = new Set(Object.keys(schema.shape));
      return [kind, { validate: ajv.compile(json), fields }];
    }),
  );
}

/** What is wrong with a record, in words, with the value found. */
export function schemaProblem(
  kind: string,
  record: object,
  error: ErrorObject | undefined,
): string {
  if (error === undefined) return `Cannot read this ${kind} record`;
  const path = error.instancePath.slice(1).replaceAll('/', '.');
  if (error.keyword === 'required') {
    const { missingProperty } = error.params as { missingProperty: string };
    return `Cannot read this ${kind} record: ${joined(path, missingProperty)} is missing`;
  }
  const found = JSON.stringify(valueAt(record, path)) ?? 'nothing';
  const shown = found.length > 80 ? `${found.slice(0, 80)}…` : found;
  return `Cannot read this ${kind} record: ${path || 'it'} ${wantedOf(error)}: got ${shown}`;
}

function wantedOf(error: ErrorObject): string {
  if (error.keyword === 'enum') {
    return `must be one of ${(error.params as { allowedValues: unknown[] }).allowedValues.join(', ')}`;
  }
  if (error.keyword !== 'pattern') return error.message ?? 'is not as it must be';
  const { pattern } = error.params as { pattern: string };
  return pattern.includes('[Tt ]') ? 'must be an RFC 3339 time with an offset' : 'must be a UUID';
}

function joined(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function valueAt(record: object, path: string): unknown {
  if (path === '') return record;
  let value: unknown = record;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
