import type { HealthReport } from '@niitaka/protocol/server-state.ts';
import { formatCompact, formatCount, formatNoun } from '../../lib/format-count.ts';
import { formatDuration } from '../../lib/format-duration.ts';

/** One figure of the server, with what it means; `caution` where it asks for a look. */
export interface HealthFact {
  readonly label: string;
  readonly value: string;
  readonly note: string;
  readonly caution: boolean;
}

/** Beyond these the page asks for a look. */
const queueAgeCautionMs = 2_000;
/** The sweep is promised every 15 s (S3). */
const sweepCautionMs = 15_000;
const ackCautionMs = 250;
/** Fewer batches than this in a minute have no hundredth that says something. */
const batchesForP99 = 100;
const logCautionBytes = 256 * 1024 * 1024;

/** What is wrong, in sentences; none when all is well. */
export function healthProblems(report: HealthReport): readonly string[] {
  const { storage, sweep, ingest } = report;
  const found: readonly (readonly [boolean, string])[] = [
    [!storage.ok, `The storage does not answer: ${storage.detail}`],
    [
      storage.queue_age_ms > queueAgeCautionMs,
      `A batch has waited ${formatDuration(storage.queue_age_ms)} for its commit`,
    ],
    [
      sweep.lag_ms > sweepCautionMs,
      `Stale sessions were last looked for ${formatDuration(sweep.lag_ms)} ago: it is promised every 15 s`,
    ],
    [
      isSlow(ingest),
      `One batch in a hundred waits over ${formatDuration(ingest.ack_p99_ms ?? 0)} for its answer`,
    ],
    [
      (storage.log_bytes ?? 0) > logCautionBytes,
      `The log of the database has grown to ${formatBytes(storage.log_bytes ?? 0)}`,
    ],
  ];
  return found.flatMap(([isWrong, text]) => (isWrong ? [text] : []));
}

/** The figures of the storage and of what waits, in the order of the page. */
export function healthFacts(report: HealthReport): readonly HealthFact[] {
  const { storage, ingest, sweep } = report;
  return [
    fact('Answer p99', orNone(ingest.ack_p99_ms, formatDuration), medianNote(ingest), {
      caution: isSlow(ingest),
    }),
    fact('Queue age', formatDuration(storage.queue_age_ms), queueNote(storage), {
      caution: storage.queue_age_ms > queueAgeCautionMs,
    }),
    fact(
      'Records per commit',
      orNone(ingest.records_per_commit, formatCompact),
      'on average, in the last minute',
    ),
    fact('Refused', formatCount(ingest.refused_batches), 'batches refused for load', {
      caution: ingest.refused_batches > 0,
    }),
    fact('Database', orNone(storage.bytes, formatBytes), logNote(storage)),
    fact('Storage errors', formatCount(storage.errors), 'since this process began', {
      caution: storage.errors > 0,
    }),
    fact('Sweep', sweepText(sweep), 'since stale sessions were looked for', {
      caution: sweep.lag_ms > sweepCautionMs,
    }),
    fact('Streams', formatCount(report.streams), streamNote(report)),
    fact('Memory', formatBytes(report.memory_bytes), 'resident, of this process'),
  ];
}

/** Bytes as 812 B, 24 kB, 3.4 MB or 1.2 GB. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const at = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  const value = bytes / 1000 ** at;
  return `${value < 10 && at > 0 ? value.toFixed(1) : Math.round(value)} ${units[at]}`;
}

function isSlow({ ack_p99_ms: p99, batches_per_second: rate }: HealthReport['ingest']): boolean {
  return (p99 ?? 0) > ackCautionMs && rate * 60 >= batchesForP99;
}

function fact(
  label: string,
  value: string,
  note: string,
  { caution = false }: { readonly caution?: boolean } = {},
): HealthFact {
  return { label, value, note, caution };
}

function orNone(value: number | null, format: (value: number) => string): string {
  return value === null ? '–' : format(value);
}

function medianNote({ ack_p50_ms: median }: HealthReport['ingest']): string {
  if (median === null) return 'nothing came in the last minute';
  return `half within ${formatDuration(median)}`;
}

function queueNote({ queued_batches: batches, queued_bytes: bytes }: HealthReport['storage']) {
  if (batches === 0) return 'nothing waits';
  return `${formatNoun(batches, 'batch', 'batches')}, ${formatBytes(bytes)}`;
}

function logNote({ engine, log_bytes: log }: HealthReport['storage']): string {
  if (engine === 'postgres' || log === null) return 'PostgreSQL';
  return `SQLite, and ${formatBytes(log)} of log`;
}

function sweepText({ last_ran_at: ranAt, lag_ms: lag }: HealthReport['sweep']): string {
  return ranAt === null ? 'not yet' : formatDuration(lag);
}

function streamNote({ stream_returns: returns, slow_streams: slow }: HealthReport): string {
  const { resumed = 0, reset = 0 } = returns;
  const parts = [`${formatCount(resumed)} resumed`, `${formatCount(reset)} reset`];
  if (slow > 0) parts.push(`${formatCount(slow)} too slow`);
  return parts.join(', ');
}
