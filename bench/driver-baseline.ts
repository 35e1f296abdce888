import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventRow } from '../server/src/storage/event-row.ts';
import { openWriter } from '../server/src/storage/sqlite/connection.ts';
import { eventColumnNames, eventValues } from '../server/src/storage/sqlite/event-sql.ts';
import { migrate } from '../server/src/storage/sqlite/migrate.ts';
import { ingestBodies } from './ingest-bodies.ts';

/** Rows in one transaction of the bare driver. */
const rowsPerCommit = 1_000;

/**
 * Events per second that the bare driver stores: the same rows in the same table with the same indexes, ready in
 * memory, 1,000 to a transaction, each on disk before the next. What the server reaches is told as a share of it.
 */
export function driverBaseline(seconds: number): number {
  const directory = mkdtempSync(join(tmpdir(), 'niitaka-bench-'));
  const path = join(directory, 'niitaka.db');
  const db = openWriter(path);
  migrate(db, path);
  db.pragma('wal_autocheckpoint = 2000');
  const insert = db.prepare(
    `INSERT INTO events (${eventColumnNames.join(', ')}, session_key)
     VALUES (${eventColumnNames.map(() => '?').join(', ')}, ?) ON CONFLICT DO NOTHING`,
  );
  const rows = bareRows(20_000);
  let stored = 0;
  const startedAt = performance.now();
  const commit = db.transaction(() => {
    for (let count = 0; count < rowsPerCommit; count += 1) {
      const row = rows[stored % rows.length];
      const session = 1 + Math.floor(stored / 200);
      if (row !== undefined) insert.run(...row, session);
      stored += 1;
    }
  });
  while (performance.now() - startedAt < seconds * 1000) commit.immediate();
  const perSecond = (stored / (performance.now() - startedAt)) * 1000;
  db.close();
  rmSync(directory, { recursive: true });
  return perSecond;
}

function bareRows(count: number): unknown[][] {
  const rows: unknown[][] = [];
  for (const { bytes } of ingestBodies(1, 100, Date.now)) {
    const { records } = JSON.parse(bytes.toString()) as { records: Record<string, string>[] };
    for (const record of records) {
      if (record['kind'] === 'event') rows.push(eventValues(bareRow(record, rows.length % 200)));
    }
    if (rows.length >= count) break;
  }
  return rows;
}

function bareRow(record: Record<string, unknown>, position: number): EventRow {
  const startedAtMs = Date.parse(String(record['started_at']));
  return {
    id: String(record['event_id']),
    position,
    type: record['type'] as EventRow['type'],
    state: 3,
    afterEnd: false,
    level: null,
    sender: String(record['sender']),
    seq: Number(record['seq']),
    closeSeq: null,
    parentEventId: null,
    startedAtMs,
    endedAtMs: startedAtMs + 1_000,
    startedAtSentMs: startedAtMs,
    endedAtSentMs: startedAtMs + 1_000,
    receivedAtMs: startedAtMs,
    latencyMs: 1_000,
    name: 'gpt-5',
    provider: 'openai',
    model: 'gpt-5',
    inputTokens: 1_800,
    outputTokens: 220,
    timeToFirstTokenMs: 400,
    costNanoUsd: 4_450_000n,
    costSource: 'computed',
    priceId: 1,
    costClasses: '{"input":"675000","cache_read":"157500","output":"2200000"}',
    brief: 'stop',
    truncated: null,
    data: JSON.stringify(record['data']),
  };
}
