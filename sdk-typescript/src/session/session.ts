import type { RuntimeConfig } from '../policy/runtime-config.ts';
import type { DecisionOptions, EventOptions, EventType, Metrics } from './session-options.ts';

/** One run of one agent, while it runs. */
export interface Session extends AsyncDisposable {
  /** UUID of the run: links children, events and outcomes to it. */
  readonly sessionId: string;
  /** US dollars, by the server's last answer; 0 before the first. */
  readonly totalCost: number;
  /** True once the session was ended here. */
  readonly isEnded: boolean;
  /**
   * How the agent is to run, as the server says: fixed at its first read in the session, or at the first call of an
   * observed client. A first read waits for the server, for half a second at most.
   * @example const { llm } = await session.config;
   */
  readonly config: Promise<RuntimeConfig>;
  /**
   * Records an event that has finished, and answers its id.
   * @example session.event('log', { name: 'cache', data: { message: 'miss' } });
   */
  event(type: EventType, options?: EventOptions): string;
  /**
   * Calls `fn` as one `tool` event of this session, and answers what it answers.
   * @example const report = await session.tool('read_report', () => readFile('report.txt', 'utf8'));
   */
  tool<T>(name: string, fn: () => T): T;
  /**
   * Guards a step of any kind: before `fn` is called, an operator or a policy may hold it, or stop it with an
   * `AgentExecutionStoppedError`. It is recorded as a `tool` event.
   * @example const answer = await session.step('ask the model', () => askModel(question));
   */
  step<T>(name: string, fn: () => T): Promise<Awaited<T>>;
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
