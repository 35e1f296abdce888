import { z } from 'zod';
import { IngestEnvelope, recordKinds } from './ingest.ts';

/** A schema of one object as JSON Schema, draft 7. */
export type ObjectSchema = Readonly<Record<string, unknown>> & {
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

/** The schemas of `POST /ingest`: what stands around the records, and each kind of record by its name. */
export interface IngestSchemas {
  readonly envelope: ObjectSchema;
  readonly records: Readonly<Record<string, ObjectSchema>>;
}

/** What `protocol/ingest.json` holds, so that whoever checks many records needs nothing else of the protocol. */
export function buildIngestSchemas(): IngestSchemas {
  const records = Object.entries(recordKinds).map(([kind, schema]) => [kind, jsonSchema(schema)]);
  return { envelope: jsonSchema(IngestEnvelope), records: Object.fromEntries(records) };
}

function jsonSchema(schema: z.ZodObject): ObjectSchema {
  return z.toJSONSchema(schema, { target: 'draft-7', io: 'input' }) as unknown as ObjectSchema;
}
