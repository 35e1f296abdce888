import type { Failure } from '@niitaka/core/result.ts';
import { problemStatus, type Problem, type ProblemCode } from '@niitaka/protocol/problem.ts';

/** A request that ends in a problem body; thrown by routes and hooks, answered in one place. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly problem: Problem;
  /** Seconds after which the client may try again. */
  readonly retryAfterSeconds: number | null;
  /** More fields of the body, such as the `current` state of a conflict. */
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(code: ProblemCode, detail: string, more: ProblemMore = {}) {
    super(detail);
    this.problem = {
      type: `urn:niitaka:problem:${code}`,
      title: titles[code],
      status: more.status ?? problemStatus[code],
      code,
      detail,
      ...(more.errors === undefined ? {} : { errors: [...more.errors] }),
      retryable: code === 'unavailable' || code === 'rate_limited',
    };
    this.retryAfterSeconds = more.retryAfterSeconds ?? (this.problem.retryable ? 1 : null);
    this.extra = more.extra ?? {};
  }
}

export interface ProblemMore {
  /** Where the code's usual status does not fit: unreadable JSON is 400. */
  readonly status?: number;
  readonly errors?: readonly NonNullable<Problem['errors']>[number][];
  readonly retryAfterSeconds?: number;
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** The problem that tells a failure of the domain. */
export function problemOf(failure: Failure): HttpProblem {
  const code = codes[failure.code];
  const errors = failure.problems;
  return new HttpProblem(code, failure.message, errors === undefined ? {} : { errors });
}

/** The problem of a change that failed; a conflict tells what stands by now, which is read for nothing else. */
export async function problemOfChange(
  failure: Failure,
  readCurrent: () => Promise<object | null>,
): Promise<HttpProblem> {
  const current = failure.code === 'conflict' ? await readCurrent() : null;
  if (current === null) return problemOf(failure);
  return new HttpProblem('conflict', failure.message, { extra: { current } });
}

const titles: Readonly<Record<ProblemCode, string>> = {
  invalid: 'The request is not valid',
  unauthenticated: 'Who asks is not known',
  forbidden: 'This is not allowed',
  not_found: 'There is no such thing',
  conflict: 'This conflicts with what is stored',
  session_closed: 'The session is closed',
  too_large: 'The request is too large',
  unsupported_media_type: 'The body is of a kind that is not read here',
  rate_limited: 'Too many requests',
  unavailable: 'The server cannot answer now',
};

const codes: Readonly<Record<Failure['code'], ProblemCode>> = {
  invalid: 'invalid',
  unauthenticated: 'unauthenticated',
  forbidden: 'forbidden',
  not_found: 'not_found',
  conflict: 'conflict',
  session_closed: 'session_closed',
  session_deleted: 'not_found',
  session_not_found: 'not_found',
  unknown_kind: 'invalid',
  too_large: 'too_large',
  over_limit: 'conflict',
  unavailable: 'unavailable',
};
