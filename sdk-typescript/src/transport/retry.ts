import type { IngestAnswer } from '@niitaka/protocol/ingest.ts';
import type { Alarm } from './alarm.ts';
import type { Batch } from './entry.ts';
import { judgeResponse, type Verdict } from './judge-response.ts';
import type { Sender } from './one-way.ts';
import type { PushResponse } from './push.ts';

const firstBackOffMs = 500;
const backOffLimitMs = 30_000;
/** While a key or an address is refused, one attempt in so long looks whether it was mended. */
const pausedMs = 60_000;

/** How a batch fared in the end. */
export type Delivery =
  | { readonly kind: 'answered'; readonly answer: IngestAnswer }
  | { readonly kind: 'refused'; readonly status: number }
  /** Closed before an answer came: the batch stays unsent. */
  | { readonly kind: 'abandoned' };

/** What a retry needs of the world. */
export interface RetryOptions {
  readonly nowMs: () => number;
  /** 0 <= random < 1. */
  readonly random: () => number;
  readonly alarm: Alarm;
  /** Builds the request's body, anew at every attempt. */
  readonly encode: (batch: Batch) => { readonly body: Buffer; readonly count: number };
  /** An attempt failed; called every time. */
  readonly onTrouble: (verdict: Verdict) => void;
}

/** Repeats an attempt until the server has decided: full jitter, exponential, 0.5 s to 30 s. */
export class Retry implements Sender<Batch, Promise<Delivery>> {
  readonly #next: Sender<Buffer, Promise<PushResponse>>;
  readonly #options: RetryOptions;
  #isClosed = false;
  #failures = 0;

  constructor(next: Sender<Buffer, Promise<PushResponse>>, options: RetryOptions) {
    this.#next = next;
    this.#options = options;
  }

  /** Attempts that failed since the last one that did not. */
  get failures(): number {
    return this.#failures;
  }

  /** Never rejects. */
  async send(batch: Batch): Promise<Delivery> {
    while (!this.#isClosed) {
      const verdict = await this.#attempt(batch);
      if (verdict.kind === 'answered' || verdict.kind === 'refused') {
        this.#failures = 0;
        return verdict;
      }
      this.#failures += 1;
      this.#options.onTrouble(verdict);
      if (!this.#isClosed) await this.#options.alarm.sleep(this.#waitAfter(verdict));
    }
    return { kind: 'abandoned' };
  }

  /** Stops repeating; a waiting batch is abandoned. */
  close(): void {
    this.#isClosed = true;
    this.#options.alarm.ring();
  }

  async #attempt(batch: Batch): Promise<Verdict> {
    const { body, count } = this.#options.encode(batch);
    try {
      return judgeResponse(await this.#next.send(body), count, this.#options.nowMs());
    } catch (error) {
      const reason = error instanceof Error ? error.message || error.name : String(error);
      return { kind: 'again', afterMs: 0, reason };
    }
  }

  #waitAfter(verdict: Verdict): number {
    if (verdict.kind === 'paused') return pausedMs;
    const ceiling = Math.min(
      backOffLimitMs,
      firstBackOffMs * 2 ** Math.min(this.#failures - 1, 10),
    );
    const backOff = this.#options.random() * ceiling;
    return verdict.kind === 'again' ? Math.max(backOff, verdict.afterMs) : backOff;
  }
}
