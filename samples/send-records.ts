import { randomUUID } from 'node:crypto';
import type { IngestAnswer, IngestRecord } from '@niitaka/protocol/ingest.ts';

/** Where records go. */
export interface Target {
  readonly url: string;
  readonly key: string;
}

/** Records in one request. */
export const recordsPerRequest = 500;

/** Tries of one request before it is given up; a second apart. */
export const maxTries = 5;

/** Sends records in order by the public API; throws when one is refused. */
export async function sendRecords(target: Target, records: readonly IngestRecord[]): Promise<void> {
  const sdk = {
    name: 'niitaka-samples',
    version: '0.1.0',
    language: 'typescript',
    instance_id: randomUUID(),
  };
  for (let index = 0; index < records.length; index += recordsPerRequest) {
    const batch = records.slice(index, index + recordsPerRequest);
    const body = () => JSON.stringify({ sdk, sent_at: new Date().toISOString(), records: batch });
    const { rejected } = await post(target, body);
    const [first] = rejected;
    if (first === undefined) continue;
    throw new Error(
      `Cannot store ${rejected.length} sample records: ${first.code}: ${first.message}`,
    );
  }
}

async function post(target: Target, body: () => string): Promise<IngestAnswer> {
  const url = `${target.url.replace(/\/$/, '')}/api/v1/ingest`;
  const headers = { 'content-type': 'application/json', 'x-api-key': target.key };
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(url, { method: 'POST', headers, body: body() });
    if (response.ok) return (await response.json()) as IngestAnswer;
    const detail = await response.text();
    const retryable = response.status === 429 || response.status >= 500;
    if (!retryable || attempt >= maxTries) {
      throw new Error(`Cannot send sample records to ${url}: ${response.status} ${detail}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
