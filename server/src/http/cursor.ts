import { HttpProblem } from './problem.ts';

/** A place in a list as opaque text. */
export function writeCursor(place: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** What a cursor says: as many values as its list needs; throws `invalid` for one that is not ours. */
export function readCursor(cursor: string, length: number): (string | number | null)[] {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(place) && place.length === length && place.every(isPlain)) return place;
  } catch {
    // Told below, like any other text that is no cursor.
  }
  throw badCursor();
}

/** A number of a cursor, or the problem that it is none. */
export function cursorNumber(value: string | number | null | undefined): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw badCursor();
}

/** An id of a cursor, or the problem that it is none. */
export function cursorId(value: string | number | null | undefined): string {
  if (typeof value === 'string' && uuid.test(value)) return value;
  throw badCursor();
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function isPlain(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'number';
}

/** The problem that a cursor is none of its list. */
export function badCursor(): HttpProblem {
  const detail = 'The query is not valid at cursor: wanted a next_cursor of this list';
  return new HttpProblem('invalid', detail, {
    errors: [{ path: 'cursor', code: 'invalid', message: 'wanted a next_cursor of this list' }],
  });
}
