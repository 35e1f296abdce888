import type { IngestRecord } from '@niitaka/protocol/ingest.ts';

/** The server takes no longer record. */
export const recordLimitBytes = 1024 * 1024;
/** What stays of the content of a record that is too long: short texts, and everything that is no text. */
const keptCharacters = 200;

/**
 * A record as JSON text; null when it has no JSON form. One that is longer than the server takes keeps its short
 * members and says what it had (E7); null when even that is too long.
 */
export function encodeRecord(record: IngestRecord): string | null {
  const json = toJson(record);
  if (json === null || isWithinLimit(json)) return json;
  const short = toJson(shorten(record));
  return short !== null && isWithinLimit(short) ? short : null;
}

function toJson(record: IngestRecord): string | null {
  try {
    return JSON.stringify(record);
  } catch {
    return null;
  }
}

function isWithinLimit(json: string): boolean {
  if (json.length * 3 <= recordLimitBytes) return true;
  return Buffer.byteLength(json) <= recordLimitBytes;
}

function shorten(record: IngestRecord): IngestRecord {
  if (record.kind === 'session.start')
    return { ...record, metadata: keepShort(record.metadata ?? {}) };
  if (record.kind !== 'event' && record.kind !== 'event.update') return record;
  const bytes = Buffer.byteLength(JSON.stringify(record.data));
  return { ...record, data: keepShort(record.data), truncated: [{ path: 'data', bytes }] };
}

function keepShort(content: object): Record<string, unknown> {
  const short = Object.entries(content).filter(([key, value]) => {
    if (key.length > keptCharacters) return false;
    return typeof value === 'string' ? value.length <= keptCharacters : typeof value !== 'object';
  });
  return Object.fromEntries(short);
}
