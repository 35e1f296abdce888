import type { Problem } from '@niitaka/protocol/problem.ts';

type Told = Pick<Problem, 'status' | 'code' | 'detail' | 'retryable' | 'errors'> & {
  readonly current?: unknown;
};

type FieldError = Omit<NonNullable<Problem['errors']>[number], 'code'>;

/** A call that failed, in the words of the server's problem details. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryable: boolean;
  /** What is wrong, by path; within a file that was sent, also by line and column from 1. */
  readonly fields: readonly FieldError[];
  /** What stands by now, where a change met another one. */
  readonly current: unknown;

  constructor(problem: Told) {
    super(problem.detail);
    this.name = 'ApiError';
    this.status = problem.status;
    this.code = problem.code;
    this.retryable = problem.retryable;
    this.fields = problem.errors ?? [];
    this.current = problem.current;
  }
}

/** What stands by now, when someone else was faster than a change; else null. */
export function currentOf(error: unknown): unknown {
  if (!(error instanceof ApiError) || error.code !== 'conflict') return null;
  return error.current ?? null;
}

/** The error for an answer that is no success; reads the problem body where there is one. */
export async function apiErrorOf(response: Response, what: string): Promise<ApiError> {
  const problem = await problemOf(response);
  return new ApiError({
    status: response.status,
    code: problem?.code ?? 'unavailable',
    detail: problem?.detail ?? `${what} failed: the server answered ${response.status}.`,
    retryable: problem?.retryable ?? response.status >= 500,
    ...(problem?.errors && { errors: problem.errors }),
    current: problem?.current,
  });
}

/** The error for a request that never got an answer. */
export function offlineError(what: string): ApiError {
  return new ApiError({
    status: 0,
    code: 'unavailable',
    detail: `${what} failed: the server could not be reached. Is Niitaka running?`,
    retryable: true,
  });
}

async function problemOf(response: Response): Promise<(Problem & Told) | undefined> {
  const type = response.headers.get('content-type') ?? '';
  if (!type.includes('json')) return undefined;
  const body: unknown = await response.json().catch(() => undefined);
  return isProblem(body) ? body : undefined;
}

function isProblem(body: unknown): body is Problem & Told {
  return typeof body === 'object' && body !== null && 'code' in body && 'detail' in body;
}
