/** Why something could not be done, in words of the domain. */
export type FailureCode =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'session_closed'
  | 'session_deleted'
  | 'session_not_found'
  | 'unknown_kind'
  | 'too_large'
  | 'over_limit'
  | 'unavailable';

/** One thing that was wrong, by the path of the value it was wrong about. */
export interface Problem {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** What could not be done, what was found, what was wanted. */
export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly problems?: readonly Problem[];
}

/** The outcome of something that may rightly fail. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure };

/** Wraps a value as success. */
export function success<T>(value: T): Result<T> {
  return { ok: true, value };
}

/** Makes a permanent failure. */
export function failure(
  code: FailureCode,
  message: string,
  problems?: readonly Problem[],
): Result<never> {
  const found = {
    code,
    message,
    retryable: code === 'unavailable' || code === 'session_not_found',
  };
  return { ok: false, failure: problems === undefined ? found : { ...found, problems } };
}
