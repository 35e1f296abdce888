import type { IngestRecord } from '@niitaka/protocol/ingest.ts';

/** Longest text field, in UTF-8 bytes; longer ones are cut. */
export const textLimitBytes = 64 * 1024;
/** Deepest nesting inside a record's `data`; the server takes 32 for the whole record. */
const depthLimit = 29;
const keyLimit = 512;
/** Values looked at in one record; what comes after them is left out. */
const valueLimit = 50_000;
const leftOut = '[left out: too many values]';

/** Where something was cut, and its size in bytes before. */
export type Cut = NonNullable<Extract<IngestRecord, { kind: 'event' }>['truncated']>[number];

/** A value as JSON can carry it, and what was cut. */
export interface TidyJson {
  readonly value: unknown;
  readonly cuts: readonly Cut[];
}

/**
 * Makes any value fit for a record: plain JSON within the limits of depth, keys and text length. A value that
 * fits already is returned as it is; everything else is told in its place: a cycle, a function, a failing getter.
 */
export function tidyJson(value: unknown, path: string): TidyJson {
  if (isFit(value)) return { value, cuts: [] };
  const walk: Walk = { cuts: [], ancestors: new Set(), left: valueLimit };
  return { value: tidy(value, path, walk), cuts: walk.cuts };
}

/** Cuts a text to the limit on a character's border. */
export function cutToLimit(text: string, path: string, cuts: Cut[]): string {
  if (isShort(text)) return text;
  const bytes = Buffer.from(text);
  cuts.push({ path, bytes: bytes.length });
  let end = textLimitBytes;
  // INVARIANT: 10xxxxxx is the inside of a character.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end).toString();
}

interface Walk {
  readonly cuts: Cut[];
  readonly ancestors: Set<object>;
  left: number;
}

function isShort(text: string): boolean {
  return text.length * 3 <= textLimitBytes || Buffer.byteLength(text) <= textLimitBytes;
}

function isFit(value: unknown): boolean {
  try {
    return fits(value, 0, { left: valueLimit });
  } catch {
    return false; // a proxy or a getter of the host's that fails
  }
}

function fits(value: unknown, depth: number, budget: { left: number }): boolean {
  if (typeof value === 'string') return isShort(value);
  budget.left -= 1;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'boolean' || value === null || value === undefined) return true;
  if (typeof value !== 'object' || depth >= depthLimit || budget.left < 0) return false;
  if (Array.isArray(value) && value.length > valueLimit) return false;
  if (Array.isArray(value)) return value.every((item) => fits(item, depth + 1, budget));
  if (!isPlain(value) || 'toJSON' in value) return false;
  const keys = Object.keys(value);
  if (keys.length > keyLimit || keys.some((key) => isAccessor(value, key))) return false;
  return keys.every((key) => fits(value[key], depth + 1, budget));
}

function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isAccessor(value: object, key: string): boolean {
  return Object.getOwnPropertyDescriptor(value, key)?.get !== undefined;
}

function tidy(value: unknown, path: string, walk: Walk): unknown {
  walk.left -= 1;
  if (walk.left < 0) return leftOut;
  switch (typeof value) {
    case 'string':
      return cutToLimit(value, path, walk.cuts);
    case 'bigint':
      return value.toString();
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'function':
    case 'symbol':
      return `[${typeof value}]`;
    case 'object':
      return value === null ? null : tidyObject(value, path, walk);
    default:
      return value;
  }
}

function tidyObject(value: object, path: string, walk: Walk): unknown {
  if (walk.ancestors.has(value)) return '[circular]';
  if (walk.ancestors.size >= depthLimit) return '[left out: too deep]';
  walk.ancestors.add(value);
  try {
    return tidyMembers(value, path, walk);
  } catch {
    return '[unreadable]';
  } finally {
    walk.ancestors.delete(value);
  }
}

function tidyMembers(value: object, path: string, walk: Walk): unknown {
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof RegExp) return String(value);
  if (value instanceof Error) return { name: value.name, message: tidy(value.message, path, walk) };
  if (value instanceof Set) return tidyList([...value], path, walk);
  if (value instanceof Map) return tidyEntries([...value], path, walk);
  if (Array.isArray(value)) return tidyList(value, path, walk);
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return tidy(value.toJSON(), path, walk);
  }
  return tidyEntries(
    Object.keys(value).map((key) => [key, read(value, key)]),
    path,
    walk,
  );
}

function tidyList(list: readonly unknown[], path: string, walk: Walk): unknown[] {
  const items: unknown[] = [];
  for (let at = 0; at < list.length; at += 1) {
    if (walk.left <= 0) {
      walk.cuts.push({ path, bytes: list.length });
      return [...items, leftOut];
    }
    items.push(tidy(read(list, at), `${path}.${at}`, walk));
  }
  return items;
}

function tidyEntries(entries: readonly (readonly [unknown, unknown])[], path: string, walk: Walk) {
  if (entries.length > keyLimit) walk.cuts.push({ path, bytes: entries.length });
  const pairs = entries.slice(0, keyLimit).map(([key, item]): [string, unknown] => {
    const name = String(key);
    return [name, tidy(item, `${path}.${name}`, walk)];
  });
  return Object.fromEntries(pairs);
}

function read(value: object, key: PropertyKey): unknown {
  try {
    return Reflect.get(value, key);
  } catch {
    return '[unreadable]';
  }
}
