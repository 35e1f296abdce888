import { runIn } from '../context/scope.ts';
import { readConfig, type RuntimeConfig } from '../policy/runtime-config.ts';
import { entriesOf } from './check-arguments.ts';
import type { Recorder } from './recorder.ts';
import type { DecisionOptions, EventOptions, EventType, Metrics } from './session-options.ts';
import type { Session } from './session.ts';
import { checkTool, runStep, wrapTool } from './wrap-tool.ts';

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

  get config(): Promise<RuntimeConfig> {
    const { configs } = this.#recorder;
    return configs?.of(configs.key) ?? Promise.resolve(readConfig(null, 'default'));
  }

  event(type: EventType, options: EventOptions = {}): string {
    return this.#recorder.event(type, options);
  }

  tool<T>(name: string, fn: () => T): T {
    checkTool(name, fn);
    return wrapTool(name, fn, () => this.#recorder)();
  }

  async step<T>(name: string, fn: () => T): Promise<Awaited<T>> {
    checkTool(name, fn);
    return runStep(this.#recorder, name, fn);
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
  return recorder.event('decision', {
    data: { ...Object.fromEntries(entriesOf(data ?? {})), ...Object.fromEntries(known) },
  });
}
