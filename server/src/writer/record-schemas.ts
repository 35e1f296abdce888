import ingest from '@niitaka/protocol/ingest.json' with { type: 'json' };
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';

/** The check of one record kind, and the fields it knows. */
export interface RecordSchema {
  readonly validate: ValidateFunction;
  readonly fields: ReadonlySet<string>;
}

/** What a batch is checked by; a look-up answers undefined for an unknown kind or field. */
export interface RecordSchemas {
  readonly kinds: ReadonlyMap<string, RecordSchema>;
  /** The fields around the records, each by itself. */
  readonly envelope: ReadonlyMap<string, ValidateFunction>;
}

/** Compiles the wire's schemas once, from their JSON: what makes it would take 4 MB of this thread. */
export function compileRecordSchemas(): RecordSchemas {
  const ajv = new Ajv({ coerceTypes: false, removeAdditional: false, strict: false });
  const kinds = Object.entries(ingest.records).map(([kind, schema]): [string, RecordSchema] => {
    const fields = new Set(Object.keys(schema.properties));
    return [kind, { validate: ajv.compile(schema), fields }];
  });
  const fields = Object.entries(ingest.envelope.properties);
  const envelope = fields.map(([field, schema]) => [field, ajv.compile(schema)] as const);
  return { kinds: new Map(kinds), envelope: new Map(envelope) };
}

/** What is wrong with a record, in words, with the value found. */
export function schemaProblem(
  kind: string,
  record: object,
  error: ErrorObject | undefined,
): string {
  if (error === undefined) return `Cannot read this ${kind} record`;
  return `Cannot read this ${kind} record: ${problemAt('', record, error)}`;
}

/** What is wrong with a field around the records, in words, with the value found. */
export function fieldProblem(
  field: string,
  value: unknown,
  error: ErrorObject | undefined,
): string {
  if (error === undefined) return 'it is not as it must be';
  return problemAt(field, { [field]: value }, error);
}

/** `field` is where the value that was checked lies in `whole`, empty for all of it. */
function problemAt(field: string, whole: object, error: ErrorObject): string {
  const path = joined(field, error.instancePath.slice(1).replaceAll('/', '.'));
  if (error.keyword === 'required') {
    const { missingProperty } = error.params as { missingProperty: string };
    return `${joined(path, missingProperty)} is missing`;
  }
  const found = JSON.stringify(valueAt(whole, path)) ?? 'nothing';
  const shown = found.length > 80 ? `${found.slice(0, 80)}…` : found;
  return `${path || 'it'} ${wantedOf(error)}: got ${shown}`;
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
  return path === '' || name === '' ? path + name : `${path}.${name}`;
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
