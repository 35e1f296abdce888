import { ApiError } from '../../../lib/api/api-error.ts';

/** What the server said against a body: at fields of these names, and what belongs to none. */
export interface FieldProblems {
  readonly fields: Readonly<Record<string, string>>;
  readonly rest: string | null;
}

/** Sorts a refusal to the fields it is about; the first problem of a field is told. */
export function problemsByField(error: unknown, names: readonly string[]): FieldProblems {
  if (error === null) return { fields: {}, rest: null };
  if (!(error instanceof ApiError)) return { fields: {}, rest: String(error) };
  const placed = error.fields.filter(({ path }) => names.includes(path));
  const isPlaced = placed.length > 0 && placed.length === error.fields.length;
  return {
    fields: Object.fromEntries(placed.toReversed().map(({ path, message }) => [path, message])),
    rest: isPlaced ? null : error.message,
  };
}
