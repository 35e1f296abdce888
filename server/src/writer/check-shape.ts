import { limits } from '@niitaka/core/limits.ts';
import type { Cut } from '../commands/ingest/record.ts';

/** What is wrong with the shape of a record, too deep or too wide, in words; null when it is good (E7). */
export function shapeProblem(value: unknown, depth = 1): string | null {
  if (typeof value !== 'object' || value === null) return null;
  if (depth > limits.depth) return `it is nested more than ${limits.depth} levels deep`;
  return Array.isArray(value)
    ? arrayProblem(value, depth)
    : objectProblem(value as Readonly<Record<string, unknown>>, depth);
}

function arrayProblem(parts: readonly unknown[], depth: number): string | null {
  for (const part of parts) {
    const problem = shapeProblem(part, depth + 1);
    if (problem !== null) return problem;
  }
  return null;
}

function objectProblem(value: Readonly<Record<string, unknown>>, depth: number): string | null {
  let count = 0;
  for (const key in value) {
    count += 1;
    const problem = shapeProblem(value[key], depth + 1);
    if (problem !== null) return problem;
  }
  if (count <= limits.objectKeys) return null;
  return `an object in it has ${count} keys: at most ${limits.objectKeys} are taken`;
}

/** A value whose long texts are cut, with what was cut; the very value when nothing was (E7). */
export function cutLongTexts(value: unknown, path: string, cuts: Cut[]): unknown {
  if (typeof value === 'string') return cutLongText(value, path, cuts);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return value.map((part, index) => cutLongTexts(part, `${path}[${index}]`, cuts));
  }
  const parts = Object.entries(value).map(([key, part]) => [
    key,
    cutLongTexts(part, path === '' ? key : `${path}.${key}`, cuts),
  ]);
  return Object.fromEntries(parts);
}

function cutLongText(text: string, path: string, cuts: Cut[]): string {
  if (text.length * 3 <= limits.textBytes) return text;
  const bytes = Buffer.byteLength(text);
  if (bytes <= limits.textBytes) return text;
  cuts.push({ path, bytes });
  return new TextDecoder().decode(wholeCharacters(Buffer.from(text)));
}

/** As many bytes as the limit allows without splitting a character. */
function wholeCharacters(bytes: Buffer): Buffer {
  let end: number = limits.textBytes;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}
