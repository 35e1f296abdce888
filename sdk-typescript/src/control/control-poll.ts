import type { ControlAnswer } from '@niitaka/protocol/control.ts';
import { getQuietly } from '../transport/get-quietly.ts';
import type { Controls } from './controls.ts';

/** Sessions named in one poll. */
const sessionLimit = 500;
/** Seconds that one poll waits for a command. */
const waitSeconds = 20;
const answerWithinMs = (waitSeconds + 10) * 1000;
/** For how long commands are polled after the server asked for it, ms. */
const watchedMs = 60_000;
/** Between two polls where the first brought nothing new, ms. */
const retryMs = 1_000;

/** Asks for commands while somebody watches, or while a session is paused: an idle agent sends nothing by itself. */
export class ControlPoll {
  readonly #url: URL;
  readonly #apiKey: string;
  readonly #controls: Controls;
  #wantedUntilTick = 0;
  #isRunning = false;
  #isClosed = false;

  constructor(apiUrl: string, apiKey: string, controls: Controls) {
    this.#url = new URL(`${apiUrl}/api/v1/control`);
    this.#apiKey = apiKey;
    this.#controls = controls;
  }

  /** Begins to poll where an answer asks for it, or a session is paused. */
  noteAnswer(pollMs: number | null): void {
    if (pollMs !== null) this.#wantedUntilTick = performance.now() + watchedMs;
    if (!this.#isRunning && this.#isWanted()) void this.#run();
  }

  /** Asks no more. */
  close(): void {
    this.#isClosed = true;
  }

  #isWanted(): boolean {
    if (this.#isClosed) return false;
    return performance.now() < this.#wantedUntilTick || this.#controls.waiting().isPaused;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#isWanted()) {
      const ids = this.#controls.waiting().ids.slice(0, sessionLimit);
      const answer = ids.length === 0 ? null : await this.#ask(ids).catch(() => null);
      if (answer !== null) {
        if (answer.control_poll_ms !== null) this.#wantedUntilTick = performance.now() + watchedMs;
        const sessions = ids.map((id) => ({ session_id: id }));
        this.#controls.readAnswer({ control: answer.control, sessions });
      }
      // Commands that wait for a step stand in every answer: asked again at once they would be answered at once.
      if (answer === null || answer.control.length > 0) await pause(retryMs);
    }
    this.#isRunning = false;
  }

  async #ask(ids: readonly string[]): Promise<ControlAnswer | null> {
    const url = new URL(this.#url);
    url.searchParams.set('session_id', ids.join(','));
    url.searchParams.set('wait', String(waitSeconds));
    const answer = await getQuietly(url, { 'x-api-key': this.#apiKey }, answerWithinMs);
    return answer?.status === 200 ? (JSON.parse(answer.text) as ControlAnswer) : null;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
