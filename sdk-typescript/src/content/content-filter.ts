import { redactJson, type Redact } from './redact-json.ts';
import { tidyJson, type Cut, type TidyJson } from './tidy-json.ts';

/** What leaves the program of the things that it hands over. */
export interface ContentOptions {
  /** Whether arguments and results of wrapped calls are sent. */
  readonly captureContent: boolean;
  readonly redact: Redact | null;
  readonly warn: (kind: string, message: string) => void;
}

/** Makes what the host hands over fit to be sent: plain JSON within the limits, redacted. */
export class ContentFilter {
  /** Whether arguments and results of wrapped calls are sent. */
  readonly captureContent: boolean;
  readonly #redact: Redact | null;
  readonly #warn: ContentOptions['warn'];

  constructor({ captureContent, redact, warn }: ContentOptions) {
    this.captureContent = captureContent;
    this.#redact = redact;
    this.#warn = warn;
  }

  /** The value as it may be sent, with what was cut from it. */
  pass(value: unknown, path: string): TidyJson {
    const tidy = tidyJson(value, path);
    if (this.#redact === null) return tidy;
    const redacted = redactJson(tidy.value, path, this.#redact, () => this.#onFailure());
    // A redactor may answer anything.
    const { value: clean, cuts } = tidyJson(redacted, path);
    return { value: clean, cuts: [...tidy.cuts, ...cuts] };
  }

  /** An object as it may be sent; anything else the filter makes of it becomes empty. */
  passObject(value: Readonly<Record<string, unknown>>, path: string): ObjectContent {
    const { value: passed, cuts } = this.pass(value, path);
    const isObject = typeof passed === 'object' && passed !== null && !Array.isArray(passed);
    return { value: isObject ? (passed as Record<string, unknown>) : {}, cuts };
  }

  /** A text as it may be sent; undefined when the redactor leaves it out. */
  passText(text: string, path: string): string | undefined {
    const { value } = this.pass(text, path);
    return value === undefined || value === null ? undefined : String(value);
  }

  #onFailure(): void {
    const text = 'redact() failed: the value was left out, its record is sent without it.';
    this.#warn('redact', text);
  }
}

/** An object that may be sent, with what was cut from it. */
export interface ObjectContent {
  readonly value: Record<string, unknown>;
  readonly cuts: readonly Cut[];
}
