/** Anything that the read side could not do. */
export class NiitakaError extends Error {
  override name = 'NiitakaError';
  /** HTTP status; null when there was no answer. */
  readonly status: number | null;
  /** The problem's code, such as `not_found`; null when there was no readable answer. */
  readonly code: string | null;

  constructor(
    message: string,
    status: number | null = null,
    code: string | null = null,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
    this.code = code;
  }
}

/** The key is missing, unknown, revoked, or lacks the scope. */
export class AuthenticationError extends NiitakaError {
  override name = 'AuthenticationError';
}

/** There is no such thing, or it belongs to another organisation. */
export class NotFoundError extends NiitakaError {
  override name = 'NotFoundError';
}

/** Too many requests. */
export class RateLimitedError extends NiitakaError {
  override name = 'RateLimitedError';
  /** Milliseconds after which the server wants to be asked again; 0 when it did not say. */
  readonly retryAfterMs: number;

  constructor(message: string, status: number, code: string | null, retryAfterMs: number) {
    super(message, status, code);
    this.retryAfterMs = retryAfterMs;
  }
}

/** The server failed, or cannot answer now. */
export class ServerError extends NiitakaError {
  override name = 'ServerError';
}

/** The server could not be reached, or the answer broke off. */
export class ConnectionError extends NiitakaError {
  override name = 'ConnectionError';
}
