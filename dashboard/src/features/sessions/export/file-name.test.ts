import { expect, test } from 'vitest';
import { bytesText, fileName } from './file-name.ts';

test('fileName() carries the range', () => {
  const fromMs = Date.parse('2026-11-16T00:00:00Z');
  const nowMs = Date.parse('2026-11-22T12:00:00Z');
  expect(fileName({ name: '7d', fromMs, toMs: null }, nowMs, 'csv')).toBe(
    'niitaka-sessions_2026-11-16_2026-11-22.csv',
  );
  expect(fileName({ name: 'custom', fromMs, toMs: fromMs + 86_400_000 }, nowMs, 'jsonl')).toBe(
    'niitaka-sessions_2026-11-16_2026-11-17.jsonl',
  );
});

test('bytesText() turns to megabytes', () => {
  expect(bytesText(1)).toBe('1 kB');
  expect(bytesText(3_440_000)).toBe('3.4 MB');
});
