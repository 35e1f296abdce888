import type { Client } from '../client/client.ts';
import { defaultClient } from '../client/default-client.ts';
import { currentScope, enterScope, runIn } from '../context/scope.ts';
import { policiesOf } from '../policy/policy-file.ts';
import type { SnapshotKey } from '../policy/snapshot.ts';
import { checkSessionOptions, checkUuid } from './check-arguments.ts';
import { Recorder } from './recorder.ts';
import type { SessionOptions } from './session-options.ts';
import { SessionHandle } from './session-handle.ts';
import type { Session } from './session.ts';
import { startRecord } from './start-record.ts';

/** Nobody holds the session any more: it gives no signs of life, and is not ended either. */
const collected = new FinalizationRegistry<Recorder>((recorder) => {
  if (!recorder.isEnded) recorder.client.outlet.stopHeartbeat(recorder.sessionId);
});

/** Starts a session that is current for the code that follows in the caller. */
export function openSession(options: SessionOptions): Session {
  const recorder = start(options);
  enterScope(recorder);
  return hold(recorder);
}

/** Runs `fn` inside a new session, and ends it whatever happens; an exception is recorded and passed on. */
export function runSession<T>(
  options: SessionOptions,
  fn: (session: Session) => T | Promise<T>,
): Promise<T> {
  return runToEnd(start(options), fn);
}

/** Joins a session that another process started: own sender, no start, no end. */
export function joinSession(sessionId: string): Session {
  const recorder = join(sessionId);
  enterScope(recorder);
  return hold(recorder);
}

/** Runs `fn` inside a session that another process started. */
export function runJoined<T>(
  sessionId: string,
  fn: (session: Session) => T | Promise<T>,
): Promise<T> {
  return runToEnd(join(sessionId), fn);
}

function start(options: SessionOptions): Recorder {
  checkSessionOptions(options);
  const client = defaultClient();
  const sessionId = (options.sessionId ?? client.newId()).toLowerCase();
  const around = options.parentSessionId === undefined ? currentScope()?.recorder : undefined;
  const parentSessionId =
    (options.parentSessionId ?? around?.sessionId ?? null)?.toLowerCase() ?? null;
  const recorder = new Recorder(client, sessionId, true);
  const key = snapshotKey(client, options);
  const { policyFile } = client.settings;
  const policies = policyFile && policiesOf(policyFile, key.agentId, key.environment);
  const hash = policies && (policyFile?.hash ?? null);
  client.outlet.send(startRecord(client, sessionId, parentSessionId, options, hash));
  recorder.guardBy(key, policies, around ?? null, parentSessionId);
  return begin(recorder);
}

function join(sessionId: string): Recorder {
  checkUuid(sessionId, 'sessionId');
  return begin(new Recorder(defaultClient(), sessionId.toLowerCase(), false));
}

function begin(recorder: Recorder): Recorder {
  recorder.client.running.add(recorder);
  recorder.client.outlet.startHeartbeat(recorder.sessionId);
  return recorder;
}

function hold(recorder: Recorder): SessionHandle {
  const handle = new SessionHandle(recorder);
  collected.register(handle, recorder);
  return handle;
}

function snapshotKey({ settings }: Client, options: SessionOptions): SnapshotKey {
  return {
    agentId: options.agentId ?? null,
    environment: options.environment ?? settings.environment ?? 'production',
    experimentId: options.experimentId ?? null,
    variant: options.variant ?? null,
  };
}

async function runToEnd<T>(
  recorder: Recorder,
  fn: (session: Session) => T | Promise<T>,
): Promise<T> {
  // INVARIANT: held until the end, for a collected handle stops the signs of life.
  const session = hold(recorder);
  try {
    return await runIn(recorder, null, () => fn(session));
  } catch (error) {
    recordFailure(recorder, error);
    throw error;
  } finally {
    session.end();
  }
}

/** The host's exception goes on unchanged, whatever fails here: what is thrown may be anything. */
function recordFailure(recorder: Recorder, error: unknown): void {
  try {
    recorder.error(error, {});
  } catch {
    recorder.client.warn('unreadable_error', 'A thrown value could not be read: it has no event.');
  }
}
