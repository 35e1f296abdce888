/** A read took longer than one may, and was given up. */
export class ReadTimeoutError extends Error {
  constructor(limitMs: number) {
    super(
      `The read took longer than ${limitMs / 1000} s: ask for a shorter range or a narrower filter`,
    );
    this.name = 'ReadTimeoutError';
  }
}
