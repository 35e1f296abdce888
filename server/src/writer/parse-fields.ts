import { isCalendarDay } from '@niitaka/core/event/calendar-day.ts';
import { limits } from '@niitaka/core/limits.ts';
import { cutText, storableText } from '@niitaka/core/text/cut-text.ts';
import type { Cut } from '../commands/ingest/record.ts';

/** A record as JSON gave it, checked by its schema. */
export type Raw = Readonly<Record<string, unknown>>;

/** Milliseconds since the epoch of a time on the wire; NaN for a date that does not exist. */
export function readTime(value: unknown): number {
  if (typeof value !== 'string') return Number.NaN;
  if (value.length === 24 && value[10] === 'T' && value[23] === 'Z') return readPlainTime(value);
  if (!isCalendarDay(value)) return Number.NaN;
  const direct = Date.parse(value);
  return Number.isNaN(direct) ? Date.parse(value.toUpperCase().replace(' ', 'T')) : direct;
}

let lastDate = '';
let lastDateMs = 0;

/** `YYYY-MM-DDTHH:MM:SS.mmmZ`, as nearly all times are: the date, nearly always today, is parsed once. */
function readPlainTime(text: string): number {
  const date = text.slice(0, 10);
  if (date !== lastDate) {
    lastDateMs = isCalendarDay(date) ? Date.parse(`${date}T00:00:00.000Z`) : Number.NaN;
    lastDate = date;
  }
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  if (!(hour < 24 && minute < 60 && second < 60)) {
    return Number.isNaN(lastDateMs) ? Number.NaN : Date.parse(text);
  }
  const ms = twoDigits(text, 20) * 10 + text.charCodeAt(22) - 48;
  return lastDateMs + ((hour * 60 + minute) * 60 + second) * 1000 + ms;
}

function twoDigits(text: string, at: number): number {
  return text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528;
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
  const tags = new Map<string, string>();
  if (typeof value !== 'object' || value === null) return {};
  for (const [key, text] of Object.entries(value)) {
    if (!tagKey.test(key)) {
      warnings.push(
        `tag ${JSON.stringify(key)} is left out: a key is 1 to 64 of a-z, A-Z, 0-9, "_", ".", "-"`,
      );
    } else if (tags.size >= limits.tags) {
      warnings.push(`tag ${key} is left out: a session has at most ${limits.tags}`);
    } else {
      const { text: kept, cut } = cutText(String(text), limits.tagValueCharacters);
      if (cut) cuts.push({ path: `tags.${key}`, bytes: Buffer.byteLength(String(text)) });
      tags.set(key, storableText(kept));
    }
  }
  return Object.fromEntries(tags);
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
