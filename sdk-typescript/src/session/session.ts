import { runIn } from '../context/scope.ts';
import type { Recorder } from './recorder.ts';
import type { DecisionOptions, EventOptions, EventType, Metrics } from './session-options.ts';
import { wrapTool, type AnyFunction } from './wrap-tool.ts';

/** One run of one agent, while it runs. */
export interface Session extends AsyncDisposable {
  /** UUID of the run: links children, events and outcomes to it. */
  readonly sessionId: string;
  /** US dollars, by the server's last answer; 0 before the first. */
  readonly totalCost: number;
  /** True once the session was ended here. */
  readonly isEnded: boolean;
  /**
   * Records an event that has finished, and answers its id.
   * @example session.event('log', { name: 'cache', data: { message: 'miss' } });
   */
  event(type: EventType, options?: EventOptions): string;
  /**
   * Wraps a function: each call of the wrapper is one `tool` event of this session.
   * @example const hits = await session.tool('search', search)(query);
   */
  tool<F extends AnyFunction>(name: string, fn: F): F;
  /** Records a choice that the agent made, and answers the event's id. */
  decision(choice: string, options?: DecisionOptions): string;
  /** Records a caught error; null when this very object has its event already. */
  error(thrown: unknown, options?: EventOptions): string | null;
  /**
   * Sets outcome metrics: `goalCompleted`, `score` (0 to 1) and up to 10 own keys. The newest value of a key wins.
   * @example session.setMetrics({ goalCompleted: true, score: 0.9 });
   */
  setMetrics(metrics: Metrics): void;
  /** The same as `setMetrics`. */
  reportMetrics(metrics: Metrics): void;
  /** Runs `fn` with this session as the current one. */
  run<T>(fn: () => T): T;
  /** Ends the session; a second call does nothing. */
  end(): void;
  /** The session's id. */
  toString(): string;
}

/** What the program holds: when it is collected, nobody runs the session any more. */
export class SessionHandle implements Session {
  readonly #recorder: Recorder;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  get sessionId(): string {
    return this.#recorder.sessionId;
  }

  get totalCost(): number {
    return this.#recorder.client.outlet.totalsOf(this.sessionId)?.totalCost ?? 0;
  }

  get isEnded(): boolean {
    return this.#recorder.isEnded;
  }

  event(type: EventType, options: EventOptions = {}): string {
    return this.#recorder.event(type, options);
  }

  tool<F extends AnyFunction>(name: string, fn: F): F {
    return wrapTool(name, fn, () => this.#recorder);
  }

  decision(choice: string, options: DecisionOptions = {}): string {
    return recordDecision(this.#recorder, choice, options);
  }

  error(thrown: unknown, options: EventOptions = {}): string | null {
    return this.#recorder.error(thrown, options);
  }

  setMetrics(metrics: Metrics): void {
    this.#recorder.metrics(metrics);
  }

  reportMetrics(metrics: Metrics): void {
    this.#recorder.metrics(metrics);
  }

  run<T>(fn: () => T): T {
    return runIn(this.#recorder, null, fn);
  }

  end(): void {
    this.#recorder.end();
  }

  toString(): string {
    return this.sessionId;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.end();
    return Promise.resolve();
  }
}

/** Records a choice as a `decision` event; its id. */
export function recordDecision(
  recorder: Recorder,
  choice: string,
  { kind, options, reason, data }: DecisionOptions,
): string {
  const said = { choice, kind, options, reason };
  const known = Object.entries(said).filter(([, value]) => value !== undefined);
  return recorder.event('decision', { data: { ...data, ...Object.fromEntries(known) } });
}
