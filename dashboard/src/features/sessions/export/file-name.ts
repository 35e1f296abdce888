import type { Range } from '../../../lib/url/range.ts';

/** The name of an export: what it holds and the range, as `niitaka-sessions_2026-11-16_2026-11-22.csv`. */
export function fileName(range: Range, nowMs: number, format: 'csv' | 'jsonl'): string {
  return `niitaka-sessions_${day(range.fromMs)}_${day(range.toMs ?? nowMs)}.${format}`;
}

/** Bytes in words: 12 kB, 3.4 MB. */
export function bytesText(bytes: number): string {
  return bytes < 1_000_000
    ? `${Math.ceil(bytes / 1_000)} kB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
