import { ApiError } from '../../../lib/api/api-error.ts';

/** One thing that is wrong with a policy file, with its place where it has one (P8). */
export interface FileProblem {
  readonly line: number | null;
  readonly column: number | null;
  readonly path: string;
  readonly message: string;
}

/** What the server said against a file, in the order of its lines; what belongs to no place alone. */
export interface FileRefusal {
  readonly problems: readonly FileProblem[];
  readonly rest: string | null;
}

/** Reads a refusal of an import. */
export function fileRefusal(error: unknown): FileRefusal {
  if (error === null) return { problems: [], rest: null };
  if (!(error instanceof ApiError)) return { problems: [], rest: String(error) };
  const problems = error.fields
    .map(({ line = null, column = null, path, message }) => ({ line, column, path, message }))
    .toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0));
  return { problems, rest: problems.length === 0 ? error.message : null };
}

/** The field of a policy that a path names, as the file writes it; empty for a policy as a whole. */
export function fieldOf(path: string): string {
  return path.replace(/^policies(?:\.\d+)?(?:\.|$)/, '');
}

/** Where a place of a text begins, counted in characters; its line's end where it has no such column. */
export function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split('\n');
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  const length = lines[line - 1]?.length ?? 0;
  return Math.min(text.length, before + Math.min(length, Math.max(0, column - 1)));
}
