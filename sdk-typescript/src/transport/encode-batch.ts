import type { IngestEnvelope, IngestRecord } from '@niitaka/protocol/ingest.ts';
import type { Batch } from './entry.ts';
import { wireTime } from './wire-time.ts';

const comma = Buffer.from(',');
const end = Buffer.from(']}');

/** The body of one ingest request: the batch, then `heartbeat` when one is due; `sent_at` is this attempt's. */
export function encodeBatch(
  batch: Batch,
  sdk: IngestEnvelope['sdk'],
  heartbeat: IngestRecord | null,
  nowMs: number,
): { readonly body: Buffer; readonly count: number } {
  const bodies = batch.entries.map(({ body }) => body);
  if (heartbeat !== null) bodies.push(Buffer.from(JSON.stringify(heartbeat)));
  const envelope = JSON.stringify({ sdk, sent_at: wireTime(nowMs) });
  const parts: Buffer[] = [Buffer.from(`${envelope.slice(0, -1)},"records":[`)];
  for (const [index, body] of bodies.entries()) {
    if (index > 0) parts.push(comma);
    parts.push(body);
  }
  parts.push(end);
  return { body: Buffer.concat(parts), count: bodies.length };
}
