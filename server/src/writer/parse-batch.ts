import { limits } from '@niitaka/core/limits.ts';
import type {
  LostRecords,
  ParsedBatch,
  ParsedRecord,
  RefusedRecord,
} from '../commands/ingest/record.ts';
import { shapeProblem } from './check-shape.ts';
import { readId, readTime, type Raw } from './parse-fields.ts';
import { parseRecord, recordProblem, type Reading } from './parse-record.ts';
import {
  fieldProblem,
  schemaProblem,
  type RecordSchema,
  type RecordSchemas,
} from './record-schemas.ts';

/** Why a whole batch is refused, as HTTP says it. */
export interface BatchRefusal {
  readonly status: 400 | 413 | 422;
  readonly code: 'invalid' | 'too_large';
  readonly detail: string;
}

/** A batch that was read, or why none of it is taken. */
export type ParsedBody<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: BatchRefusal };

/** Reads one body; a failure refuses the whole batch, a bad record only itself (E5, E7). */
export function parseBatch(body: Uint8Array, schemas: RecordSchemas): ParsedBody<ParsedBatch> {
  const read = readRecords(body);
  if (!read.ok) return read;
  const { envelope, records } = read.value;
  const warnings: string[] = [];
  const sdk = readEnvelope(envelope, schemas, warnings);
  // No record is larger than its batch.
  const mayBeTooLarge = body.byteLength > limits.recordBytes;
  const parsed: ParsedRecord[] = [];
  const refused: RefusedRecord[] = [];
  for (const [index, record] of records.entries()) {
    const reading = { index, instanceId: sdk.instanceId, warnings };
    const problem =
      problemOf(record, schemas, reading) ?? (mayBeTooLarge ? sizeProblem(record) : null);
    if (problem === null) parsed.push(parseRecord(kindOf(record), record as Raw, reading));
    else refused.push(refusal(record, reading, problem));
  }
  const batch = {
    sentAtMs: sdk.sentAtMs,
    records: parsed,
    refused,
    warnings,
    recordCount: records.length,
    lost: sdk.lost,
    evaluates: sdk.evaluates,
  };
  return { ok: true, value: batch };
}

interface Problem {
  readonly code: 'invalid' | 'unknown_kind' | 'too_large';
  readonly message: string;
}

function readRecords(body: Uint8Array): ParsedBody<{ envelope: Raw; records: unknown[] }> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 200) : String(error);
    return refused(400, 'invalid', `Cannot read the batch: it is not JSON in UTF-8: ${reason}`);
  }
  const records = isObject(parsed) ? parsed['records'] : undefined;
  if (!isObject(parsed) || !Array.isArray(records)) {
    return refused(
      422,
      'invalid',
      'Cannot read the batch: wanted an object with an array "records"',
    );
  }
  if (records.length > limits.batchRecords) {
    return refused(
      413,
      'too_large',
      `Cannot take the batch: it has ${records.length} records, at most ${limits.batchRecords} are taken`,
    );
  }
  return { ok: true, value: { envelope: parsed, records } };
}

function refused(
  status: BatchRefusal['status'],
  code: BatchRefusal['code'],
  detail: string,
): ParsedBody<never> {
  return { ok: false, refusal: { status, code, detail } };
}

interface Sdk {
  readonly sentAtMs: number | null;
  readonly instanceId: string | null;
  readonly lost: LostRecords | null;
  readonly evaluates: boolean;
}

/** Bad fields around the records are left out with a warning: they never sink a batch. */
function readEnvelope(envelope: Raw, schemas: RecordSchemas, warnings: string[]): Sdk {
  const read = (field: string): unknown => {
    const value = envelope[field];
    const validate = schemas.envelope.get(field);
    if (value === undefined || validate?.(value) === true) return value;
    warnings.push(`${field} is left out: ${fieldProblem(field, value, validate?.errors?.[0])}`);
    return undefined;
  };
  for (const field of Object.keys(envelope)) {
    if (field !== 'records' && !schemas.envelope.has(field)) {
      warnings.push(`unknown field ${JSON.stringify(field.slice(0, 64))} is left out`);
    }
  }
  const sdk = read('sdk') as
    | { name?: string; instance_id?: string; dropped?: Record<string, number> }
    | undefined;
  const revisions = read('policy_revisions');
  const instanceId = readId(sdk?.instance_id);
  const counts = sdk?.dropped;
  const sentAtMs = readTime(read('sent_at'));
  return {
    sentAtMs: Number.isNaN(sentAtMs) ? null : sentAtMs,
    instanceId,
    evaluates: sdk?.name === 'niitaka' || revisions !== undefined,
    lost: instanceId === null || counts === undefined ? null : { sender: instanceId, counts },
  };
}

function problemOf(record: unknown, schemas: RecordSchemas, reading: Reading): Problem | null {
  if (!isObject(record))
    return { code: 'invalid', message: 'Cannot read this record: wanted an object' };
  const kind = kindOf(record);
  const schema = schemas.kinds.get(kind);
  if (schema === undefined) {
    const shown = JSON.stringify(record['kind'] ?? null).slice(0, 80);
    return { code: 'unknown_kind', message: `Unknown record kind ${shown}` };
  }
  const invalid = (what: string): Problem => ({
    code: 'invalid',
    message: `Cannot read this ${kind} record: ${what}`,
  });
  const shape = shapeProblem(record);
  if (shape !== null) return invalid(shape);
  if (!schema.validate(record)) {
    return { code: 'invalid', message: schemaProblem(kind, record, schema.validate.errors?.[0]) };
  }
  const problem = recordProblem(kind, record);
  if (problem !== null) return invalid(problem);
  warnOfUnknown(record, schema, reading);
  return null;
}

function sizeProblem(record: unknown): Problem | null {
  const bytes = Buffer.byteLength(JSON.stringify(record));
  if (bytes <= limits.recordBytes) return null;
  return {
    code: 'too_large',
    message: `Cannot take this record: it has ${bytes} bytes, at most ${limits.recordBytes} are taken`,
  };
}

function warnOfUnknown(record: Raw, schema: RecordSchema, { index, warnings }: Reading): void {
  for (const field in record) {
    if (schema.fields.has(field)) continue;
    warnings.push(
      `records[${index}]: unknown field ${JSON.stringify(field.slice(0, 64))} is left out`,
    );
  }
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whose number it was is read as far as it can be, for the ledger. */
function refusal(record: unknown, { index, instanceId }: Reading, problem: Problem): RefusedRecord {
  const raw: Raw = isObject(record) ? record : {};
  const seq = raw['seq'];
  return {
    index,
    ...problem,
    retryable: false,
    sessionId: uuidOf(raw['session_id']),
    sender: uuidOf(raw['sender']) ?? instanceId,
    seq: typeof seq === 'number' && Number.isSafeInteger(seq) && seq >= 1 ? seq : null,
  };
}

function uuidOf(value: unknown): string | null {
  return typeof value === 'string' && uuid.test(value) ? value.toLowerCase() : null;
}

function kindOf(record: unknown): string {
  const kind = isObject(record) ? record['kind'] : undefined;
  return typeof kind === 'string' ? kind : '';
}

function isObject(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
