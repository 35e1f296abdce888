/** Characters of one stream that are kept, for its estimate and its output. */
const keptLimit = 4 * 1024 * 1024;

/** The text of a stream, put together from its pieces. */
export class StreamText {
  readonly #pieces: string[] = [];
  #length = 0;

  /** Adds a piece; what is no text, and what comes after the limit, is passed over. */
  add(piece: unknown): void {
    if (typeof piece !== 'string' || piece === '' || this.#length >= keptLimit) return;
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  toString(): string {
    return this.#pieces.join('');
  }
}
