import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { ControlAnswer } from '@niitaka/protocol/control.ts';
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
/** An answer that is longer is given up. */
const answerLimitBytes = 1024 * 1024;

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

  #ask(ids: readonly string[]): Promise<ControlAnswer> {
    const url = new URL(this.#url);
    url.searchParams.set('session_id', ids.join(','));
    url.searchParams.set('wait', String(waitSeconds));
    const make = url.protocol === 'https:' ? requestHttps : requestHttp;
    const headers = { 'x-api-key': this.#apiKey };
    const signal = AbortSignal.timeout(answerWithinMs);
    return new Promise((resolve, reject) => {
      const request = make(url, { headers, signal }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => {
          text += piece;
          if (text.length > answerLimitBytes) request.destroy();
        });
        response.on('error', reject);
        response.on('end', () => {
          if (response.statusCode === 200) resolve(JSON.parse(text) as ControlAnswer);
          else reject(new Error(`status ${response.statusCode}`));
        });
      });
      // It holds no process open.
      request.on('socket', (socket) => socket.unref());
      request.on('error', reject);
      request.end();
    });
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
