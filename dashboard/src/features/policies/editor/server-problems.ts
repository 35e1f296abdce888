import { ApiError } from '../../../lib/api/api-error.ts';
import { fieldOfPath } from './field-of-path.ts';
import type { FormProblems } from './read-form.ts';

/** What the server said against a policy: at fields, and what belongs to none. */
export interface ServerProblems {
  readonly fields: FormProblems;
  readonly rest: string | null;
}

/** Sorts a refusal to the fields it is about; the first problem of a field is told. */
export function serverProblems(error: unknown): ServerProblems {
  if (error === null) return { fields: {}, rest: null };
  if (!(error instanceof ApiError)) return { fields: {}, rest: String(error) };
  const found = error.fields.map(({ path, message }) => ({ field: fieldOfPath(path), message }));
  const placed = found.flatMap(({ field, message }) =>
    field === null ? [] : [[field, message] as const],
  );
  const isPlaced = found.length > 0 && placed.length === found.length;
  return {
    fields: Object.fromEntries(placed.toReversed()),
    rest: isPlaced ? null : error.message,
  };
}
