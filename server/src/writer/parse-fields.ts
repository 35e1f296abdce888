import { limits } from '@niitaka/core/limits.ts';
import { cutText, storableText } from '@niitaka/core/text/cut-text.ts';
import type { Cut } from '../commands/ingest/record.ts';

/** A record as JSON gave it, checked by its schema. */
export type Raw = Readonly<Record<string, unknown>>;

/** Milliseconds since the epoch of a time on the wire; NaN for a date that does not exist. */
export function readTime(value: unknown): number {
  if (typeof value !== 'string') return Number.NaN;
  const direct = Date.parse(value);
  return Number.isNaN(direct) ? Date.parse(value.toUpperCase().replace(' ', 'T')) : direct;
}

/** An id in lower case, or null where it is absent. */
export function readId(value: unknown): string | null {
  return typeof value === 'string' ? value.toLowerCase() : null;
}

/** A name cut to its limit, or null where it is absent or empty; a cut is noted (E7). */
export function readName(
  raw: Raw,
  field: string,
  cuts: Cut[],
  limit: number = limits.nameCharacters,
): string | null {
  const value = raw[field];
  if (typeof value !== 'string' || value === '') return null;
  const { text, cut } = cutText(value, limit);
  if (cut) cuts.push({ path: field, bytes: Buffer.byteLength(value) });
  return storableText(text);
}

/** A short word, such as a type, without a note of cuts. */
export function readWord(raw: Raw, field: string): string {
  return readName(raw, field, []) ?? '';
}

/** Tags that can be kept; the others are named in `warnings` (S1). */
export function readTags(
  value: unknown,
  cuts: Cut[],
  warnings: string[],
): Readonly<Record<string, string>> {
  const tags: Record<string, string> = {};
  if (typeof value !== 'object' || value === null) return tags;
  for (const [key, text] of Object.entries(value)) {
    if (!tagKey.test(key)) {
      warnings.push(
        `tag ${JSON.stringify(key)} is left out: a key is 1 to 64 of a-z, A-Z, 0-9, "_", ".", "-"`,
      );
    } else if (Object.keys(tags).length >= limits.tags) {
      warnings.push(`tag ${key} is left out: a session has at most ${limits.tags}`);
    } else {
      const { text: kept, cut } = cutText(String(text), limits.tagValueCharacters);
      if (cut) cuts.push({ path: `tags.${key}`, bytes: Buffer.byteLength(String(text)) });
      tags[key] = storableText(kept);
    }
  }
  return tags;
}

/** Counts by reason, or none. */
export function readCounts(value: unknown): Readonly<Record<string, number>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, number>) : {};
}

/** An object as JSON text with long texts cut, or null where it is absent. */
export function jsonText(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

/** A number, or null where it is absent. */
export function readNumber(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

const tagKey = /^[a-zA-Z0-9_.-]{1,64}$/;
