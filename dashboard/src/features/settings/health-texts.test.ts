import type { HealthReport } from '@niitaka/protocol/server-state.ts';
import { expect, test } from 'vitest';
import { formatBytes, healthFacts, healthProblems } from './health-texts.ts';

const report: HealthReport = {
  version: '1.2.3',
  started_at: '2026-06-15T12:00:00.000Z',
  storage: {
    engine: 'sqlite',
    ok: true,
    detail: 'the storage answers',
    bytes: 1_234_567_890,
    log_bytes: 4_200_000,
    queued_batches: 0,
    queued_bytes: 0,
    queue_age_ms: 0,
    errors: 0,
  },
  ingest: {
    records_per_second: 1_520.4,
    batches_per_second: 15.2,
    ack_p50_ms: 6.2,
    ack_p99_ms: 18.4,
    records_per_commit: 96.5,
    refused_batches: 0,
    history: [0, 1_520],
  },
  sweep: { last_ran_at: '2026-06-15T12:00:00.000Z', lag_ms: 3_100 },
  streams: 4,
  slow_streams: 0,
  stream_returns: { resumed: 12, reset: 1 },
  memory_bytes: 143_000_000,
  lost_by_senders: {},
};

const figures = (of: HealthReport) =>
  Object.fromEntries(healthFacts(of).map(({ label, value, note }) => [label, [value, note]]));

test('healthFacts() says what each figure is', () => {
  expect(figures(report)).toEqual({
    'Answer p99': ['18 ms', 'half within 6 ms'],
    'Queue age': ['0 ms', 'nothing waits'],
    'Records per commit': ['96.5', 'on average, in the last minute'],
    Refused: ['0', 'batches refused for load'],
    Database: ['1.2 GB', 'SQLite, and 4.2 MB of log'],
    'Storage errors': ['0', 'since this process began'],
    Sweep: ['3.1 s', 'since stale sessions were looked for'],
    Streams: ['4', '12 resumed, 1 reset'],
    Memory: ['143 MB', 'resident, of this process'],
  });
  expect(healthFacts(report).filter(({ caution }) => caution)).toEqual([]);
  expect(healthProblems(report)).toEqual([]);
});

test('healthFacts() tells what is not known from what is zero', () => {
  const idle = figures({
    ...report,
    storage: { ...report.storage, engine: 'postgres', bytes: null, log_bytes: null },
    ingest: { ...report.ingest, ack_p50_ms: null, ack_p99_ms: null, records_per_commit: null },
    sweep: { last_ran_at: null, lag_ms: 900 },
    slow_streams: 2,
  });
  expect(idle['Answer p99']).toEqual(['–', 'nothing came in the last minute']);
  expect(idle['Database']).toEqual(['–', 'PostgreSQL']);
  expect(idle['Sweep']?.[0]).toBe('not yet');
  expect(idle['Streams']).toEqual(['4', '12 resumed, 1 reset, 2 too slow']);
});

test('healthProblems() names what does not hold, the worst first (S3)', () => {
  const ill: HealthReport = {
    ...report,
    storage: {
      ...report.storage,
      ok: false,
      detail: 'the database does not answer: gone',
      queued_batches: 3,
      queued_bytes: 24_000,
      queue_age_ms: 7_000,
      log_bytes: 300 * 1024 * 1024,
    },
    ingest: { ...report.ingest, ack_p99_ms: 1_400 },
    sweep: { last_ran_at: null, lag_ms: 61_000 },
  };
  expect(healthProblems(ill)).toEqual([
    'The storage does not answer: the database does not answer: gone',
    'A batch has waited 7.0 s for its commit',
    'Stale sessions were last looked for 1 m 01 s ago: it is promised every 15 s',
    'One batch in a hundred waits over 1.4 s for its answer',
    'The log of the database has grown to 315 MB',
  ]);
  expect(figures(ill)['Queue age']).toEqual(['7.0 s', '3 batches, 24 kB']);
});

test('a p99 of a few batches is no reason for a look', () => {
  const cold = { ...report.ingest, batches_per_second: 0.1, ack_p99_ms: 1_400 };
  expect(healthProblems({ ...report, ingest: cold })).toEqual([]);
  expect(healthFacts({ ...report, ingest: cold })[0]).toMatchObject({
    value: '1.4 s',
    caution: false,
  });
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [24_400, '24 kB'],
  [9_960_000, '10.0 MB'],
  [5e15, '5000 TB'],
])('formatBytes(%i) is %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
