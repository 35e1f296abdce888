import { uuidBlob, uuidText } from '../sqlite/uuid-blob.ts';

/** How PostgreSQL names the types that columns and lists of values have. */
export type ColumnType = 'uuid' | 'text' | 'bigint' | 'double precision' | 'bytea';

const uuidBytes = 16;

/** A value as the driver sends it: ids are kept as their 16 bytes in this program, and text in PostgreSQL. */
export function parameter(value: unknown): unknown {
  if (typeof value === 'string') return storable(value);
  if (value instanceof Uint8Array) return value.length === uuidBytes ? uuidText(value) : value;
  if (typeof value === 'bigint') return value.toString();
  return value;
}

/** A list of values as the text of an array; strings among ids are ids. */
export function arrayText(values: readonly unknown[], type: ColumnType = 'text'): string {
  let text = '{';
  for (let index = 0; index < values.length; index += 1) {
    if (index > 0) text += ',';
    text += elementText(values[index], type);
  }
  return `${text}}`;
}

function elementText(value: unknown, type: ColumnType): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return type === 'uuid' ? value : quoted(storable(value));
  if (value instanceof Uint8Array) {
    if (value.length === uuidBytes) return uuidText(value);
    return `"\\\\x${Buffer.from(value).toString('hex')}"`;
  }
  return String(value);
}

function quoted(text: string): string {
  return needsEscape.test(text) ? `"${text.replace(escaped, '\\$&')}"` : `"${text}"`;
}

const needsEscape = /["\\]/;
const escaped = /["\\]/g;

/** PostgreSQL refuses the character NUL in text; in JSON text it is escaped already. */
function storable(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text;
}

type Parse = (text: string) => unknown;

/** Type numbers of PostgreSQL. */
const oid = {
  bytea: 17,
  int8: 20,
  int2: 21,
  int4: 23,
  float4: 700,
  float8: 701,
  numeric: 1700,
  uuid: 2950,
};

const asIs: Parse = (text) => text;

function parsers(integer: Parse): ReadonlyMap<number, Parse> {
  const bytes: Parse = (text) => Buffer.from(text.slice(2), 'hex');
  return new Map<number, Parse>([
    [oid.bytea, bytes],
    [oid.int8, integer],
    [oid.int2, integer],
    [oid.int4, integer],
    // Sums of integers.
    [oid.numeric, integer],
    [oid.float4, Number],
    [oid.float8, Number],
    [oid.uuid, uuidBlob],
  ]);
}

/** Reads rows with integers as numbers, ids as 16 bytes. */
export const numberTypes = typesOf(parsers(Number));

/** Reads rows with integers as bigint, ids as 16 bytes. */
export const bigintTypes = typesOf(parsers(BigInt));

function typesOf(known: ReadonlyMap<number, Parse>) {
  return { getTypeParser: (type: number) => known.get(type) ?? asIs };
}
