import type { IngestRecord } from '@niitaka/protocol/ingest.ts';

/** The server takes no longer record. */
export const recordLimitBytes = 1024 * 1024;

/** A record as JSON text; null when it has no JSON form or is longer than the server takes. */
export function encodeRecord(record: IngestRecord): string | null {
  const json = toJson(record);
  if (json === null || !isWithinLimit(json)) return null;
  return json;
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
