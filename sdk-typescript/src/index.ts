import { configureClient, defaultClient, silenceClient } from './client/default-client.ts';
import { closeLines, flushLines } from './client/create-client.ts';
import type { ConfigureOptions } from './client/configure-options.ts';
import { currentScope } from './context/scope.ts';
import { checkSeconds } from './session/check-arguments.ts';
import type { RuntimeConfig } from './policy/runtime-config.ts';
import { readRuntimeConfig, type ConfigOptions } from './session/get-runtime-config.ts';
import { recorderHere } from './session/recorder-here.ts';
import type { AnyFunction } from './session/any-function.ts';
import { recordDecision, SessionHandle } from './session/session-handle.ts';
import type { Session } from './session/session.ts';
import type { DecisionOptions, Metrics, SessionOptions } from './session/session-options.ts';
import { joinSession, openSession, runJoined, runSession } from './session/start-session.ts';
import { sendMetrics } from './session/send-metrics.ts';
import { checkTool, wrapTool } from './session/wrap-tool.ts';

export type { ConfigureOptions } from './client/configure-options.ts';
export type { LlmConfig, RuntimeConfig } from './policy/runtime-config.ts';
export type { ConfigOptions } from './session/get-runtime-config.ts';
export type { Session } from './session/session.ts';
export type {
  DecisionOptions,
  EventOptions,
  EventType,
  Metrics,
  SessionOptions,
} from './session/session-options.ts';
export * as api from './read/api.ts';
export * as testing from './testing/capture.ts';
export { observe } from './integrations/observe.ts';
export { AgentExecutionStoppedError } from './control/agent-execution-stopped-error.ts';
export { version } from './version.ts';
export {
  AuthenticationError,
  ConnectionError,
  NiitakaError,
  NotFoundError,
  RateLimitedError,
  ServerError,
} from './read/errors.ts';

/**
 * Says how this process reports. Optional: without it the environment decides (`NIITAKA_API_KEY`, `NIITAKA_URL`,
 * `NIITAKA_ENV`). Throws a `TypeError` that names a bad option.
 * @example configure({ apiKey: 'nk_…', apiUrl: 'http://127.0.0.1:4600' });
 */
export function configure(options: ConfigureOptions = {}): void {
  configureClient(options);
}

/**
 * Starts a session: one run of one agent. With a function it runs inside, what it answers or throws is passed on
 * unchanged, and the session ends with it. Without one the session is current until it is ended or disposed of.
 * Never waits for the network; throws (or rejects with) a `TypeError` for bad arguments.
 * @example
 * await startSession({ goal: 'Summarise the weekly sales report', agentId: 'report-summariser' }, async (session) => {
 *   const result = await runAgent(reportText);
 *   session.setMetrics({ goalCompleted: result.success, score: result.quality });
 * });
 * @example await using session = await startSession({ goal: 'Draft a reply', agentId: 'reply-drafter' });
 */
export function startSession(options?: SessionOptions): Promise<Session>;
/** Runs `fn` inside a new session, which ends with it; answers and exceptions are passed on unchanged. */
export function startSession<T>(
  options: SessionOptions,
  fn: (session: Session) => T | Promise<T>,
): Promise<T>;
/** The signature that holds both forms. */
export function startSession<T>(
  options: SessionOptions = {},
  fn?: (session: Session) => T | Promise<T>,
): Promise<T | Session> {
  return settle<T | Session>(() => (fn ? runSession(options, fn) : openSession(options)));
}

/**
 * Joins a session that another process or thread started: events from here go to it, its end stays with the one
 * that started it. With a function, or without one, as `startSession`.
 * @example await attachSession(job.sessionId, () => work(job));
 */
export function attachSession(sessionId: string): Promise<Session>;
/** Runs `fn` inside the joined session. */
export function attachSession<T>(
  sessionId: string,
  fn: (session: Session) => T | Promise<T>,
): Promise<T>;
/** The signature that holds both forms. */
export function attachSession<T>(
  sessionId: string,
  fn?: (session: Session) => T | Promise<T>,
): Promise<T | Session> {
  return settle<T | Session>(() => (fn ? runJoined(sessionId, fn) : joinSession(sessionId)));
}

/**
 * How an agent is to run: its model, temperature, tokens and prompt, as its version or variant on the server says.
 * The first read waits for the server, for half a second at most; then what it said last holds, be it to an earlier
 * process. Where it was never reached nothing is set, with one warning. In a session a config stays as it was read
 * first. Rejects with a `TypeError` for bad arguments.
 * @example const { llm } = await getRuntimeConfig({ agentId: 'support-router' });
 */
export async function getRuntimeConfig(options: ConfigOptions = {}): Promise<RuntimeConfig> {
  return readRuntimeConfig(options);
}

/** The session of the running code; null outside any. */
export function currentSession(): Session | null {
  const recorder = currentScope()?.recorder;
  return recorder ? new SessionHandle(recorder) : null;
}

/**
 * Wraps a function: each call of the wrapper inside a session is one `tool` event. Its arguments, answers (promises
 * and generators too) and exceptions stay its own.
 * @example const search = tool('search', async (query: string) => fetchHits(query));
 */
export function tool<F extends AnyFunction>(name: string, fn: F): F {
  checkTool(name, fn);
  return wrapTool(name, fn, () => recorderHere('tool'));
}

/** Records a choice of the agent in the current session; the event's id, or null outside any session. */
export function decision(choice: string, options: DecisionOptions = {}): string | null {
  const recorder = recorderHere('decision');
  return recorder && recordDecision(recorder, choice, options);
}

/**
 * Reports the outcome of any session, also one that ended up to 7 days ago. Throws a `TypeError` that names each
 * bad value.
 */
export function reportMetrics(sessionId: string, metrics: Metrics): void {
  sendMetrics(defaultClient(), sessionId, metrics);
}

/** True when everything recorded so far, by earlier crashed processes too, is acknowledged within `seconds`. */
export async function flush(seconds = 2): Promise<boolean> {
  checkSeconds(seconds);
  return flushLines(seconds);
}

/** Flushes, then stops reporting until `configure` is called again; true when everything was acknowledged. */
export async function shutdown(seconds = 2): Promise<boolean> {
  checkSeconds(seconds);
  for (const recorder of silenceClient()?.running ?? []) recorder.end();
  return closeLines(seconds);
}

async function settle<T>(make: () => T | Promise<T>): Promise<T> {
  return make();
}
