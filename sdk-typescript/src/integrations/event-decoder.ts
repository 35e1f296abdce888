/** Characters of one event that are kept; a longer one is passed over. */
const eventLimit = 16 * 1024 * 1024;

/** Reads server-sent events out of bytes as they come, and tells the JSON of each. */
export class EventDecoder {
  readonly #tell: (data: unknown) => void;
  readonly #decoder = new TextDecoder();
  #rest = '';

  constructor(tell: (data: unknown) => void) {
    this.#tell = tell;
  }

  /** Takes the next bytes, or text; what is neither says nothing. */
  add(part: unknown): void {
    if (typeof part === 'string') this.#read(`${part}\n\n`);
    else if (part instanceof ArrayBuffer || part instanceof Uint8Array) {
      this.#read(this.#decoder.decode(part, { stream: true }));
    }
  }

  #read(text: string): void {
    const events = (this.#rest + text).split(/\r?\n\r?\n/);
    const rest = events.pop() ?? '';
    this.#rest = rest.length > eventLimit ? '' : rest;
    for (const event of events) this.#readEvent(event);
  }

  #readEvent(event: string): void {
    const lines = event.split(/\r?\n/).filter((line) => line.startsWith('data:'));
    const data = lines.map((line) => line.slice('data:'.length)).join('\n');
    try {
      this.#tell(JSON.parse(data));
    } catch {
      // `[DONE]`, a comment, or no JSON: nothing is said.
    }
  }
}
