import { expect, test } from 'vitest';
import stored from '../ingest.json' with { type: 'json' };
import { buildIngestSchemas } from './ingest-schemas.ts';
import { recordKinds } from './ingest.ts';

test('protocol/ingest.json is current: node tools/openapi.ts writes it anew', () => {
  expect(stored).toEqual(JSON.parse(JSON.stringify(buildIngestSchemas())));
});

test('buildIngestSchemas() tells of every kind what it must have', () => {
  const { records, envelope } = buildIngestSchemas();
  expect(Object.keys(records)).toEqual(Object.keys(recordKinds));
  expect(records['session.end']?.['required']).toEqual(['kind', 'session_id', 'ended_at']);
  expect(Object.keys(envelope.properties)).toEqual(['sdk', 'sent_at', 'policy_revisions']);
});
