/** A read that could not be answered now, though nothing is wrong with it. */
export class ReadUnavailableError extends Error {
  override readonly name: string = 'ReadUnavailableError';
}

/** Whoever asked has gone: the read was given up. */
export class ReadAbandonedError extends Error {
  override readonly name = 'ReadAbandonedError';

  constructor() {
    super('Nobody waits for this read any more');
  }
}

/** A read took longer than one may, and was given up. */
export class ReadTimeoutError extends ReadUnavailableError {
  override readonly name = 'ReadTimeoutError';

  constructor(limitMs: number) {
    super(
      `The read took longer than ${limitMs / 1000} s: ask for a shorter range or a narrower filter`,
    );
  }
}
