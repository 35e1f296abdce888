import type { Sender } from './one-way.ts';
import type { PushRequest, PushResponse } from './push.ts';

/** One attempt may take so long; the server answers after its disk has the batch. */
export const attemptTimeoutMs = 15_000;

/** Gives an attempt up after a while, so that a silent server holds up nothing for ever. */
export class Timeout implements Sender<Buffer, Promise<PushResponse>> {
  readonly #next: Sender<PushRequest, Promise<PushResponse>>;
  readonly #timeoutMs: number;

  constructor(next: Sender<PushRequest, Promise<PushResponse>>, timeoutMs = attemptTimeoutMs) {
    this.#next = next;
    this.#timeoutMs = timeoutMs;
  }

  /** Rejects like the layer below, and when the time is over. */
  async send(body: Buffer): Promise<PushResponse> {
    const controller = new AbortController();
    const seconds = this.#timeoutMs / 1000;
    const timer = setTimeout(
      () => controller.abort(new Error(`no answer within ${seconds} s`)),
      this.#timeoutMs,
    );
    timer.unref();
    try {
      return await this.#next.send({ body, signal: controller.signal });
    } catch (error) {
      // What the layer below says of its own giving up helps nobody.
      throw controller.signal.aborted ? controller.signal.reason : error;
    } finally {
      clearTimeout(timer);
    }
  }
}
