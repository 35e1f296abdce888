import type { ZodError, ZodType } from 'zod';
import { HttpProblem } from './problem.ts';

/** Reads a body or query by its schema; throws the `invalid` problem that names every wrong field. */
export function parseInput<T>(schema: ZodType<T>, input: unknown, what: 'body' | 'query'): T {
  const read = schema.safeParse(input ?? {});
  if (read.success) return read.data;
  const errors = problemsOf(read.error);
  const first = errors[0];
  const where = first === undefined || first.path === '' ? '' : ` at ${first.path}`;
  const detail = `The ${what} is not valid${where}: ${first?.message ?? 'unknown'}`;
  throw new HttpProblem('invalid', detail, { errors });
}

const shownErrors = 20;

function unknownKeys(issue: ZodError['issues'][number]): string[] {
  return issue.code === 'unrecognized_keys' ? [issue.keys.join(', ')] : [];
}

function problemsOf(error: ZodError): { path: string; code: string; message: string }[] {
  return error.issues.slice(0, shownErrors).map((issue) => ({
    path: [...issue.path, ...unknownKeys(issue)].join('.'),
    code: issue.code,
    message: issue.message,
  }));
}
