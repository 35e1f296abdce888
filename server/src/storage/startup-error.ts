/** The server cannot start: one sentence that says what is wrong and what to do. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
