import { defaultClient } from '../client/default-client.ts';
import type { Session } from '../index.ts';
import { Guard } from '../policy/guard.ts';
import { readSnapshot } from '../policy/snapshot.ts';
import type { Capture } from './capture.ts';

const key = { agentId: 'caller', environment: 'production', experimentId: null, variant: null };

/** From here on these policies hold for the session, as if the server had told them. */
export function guardBy(session: Session, policies: readonly object[]): void {
  const { outlet } = defaultClient();
  const { policies: served } = outlet;
  if (served === null) throw new Error('nothing is recorded here: capture first');
  const snapshot = readSnapshot(key, JSON.stringify({ revision: 1, policies, prices: [] }));
  const { sessionId } = session;
  outlet.controls.of(sessionId).guard = new Guard({
    sessionId,
    tree: outlet.controls.trees.of(sessionId),
    key,
    source: { ...served, of: () => snapshot },
    send: (record) => outlet.send(record),
  });
}

/** Gives the session a command, as an answer of the server would. */
export function order(session: Session, command: string, args: Record<string, unknown> = {}): void {
  const { sessionId } = session;
  const given = { session_id: sessionId, command_id: `${command}-${Math.random()}`, command, args };
  defaultClient().outlet.controls.readAnswer({ control: [given], sessions: [] });
}

/** A policy that repeats a failed call almost at once. */
export function retry(action: object = {}, changes: object = {}): object {
  const fast = { max_retries: 2, backoff: 'constant', base_seconds: 0.001, ...action };
  return { id: 'again', type: 'retry', action: fast, ...changes };
}

/** A policy that goes on with another model. */
export function fallback(model: string, changes: object = {}): object {
  return { id: `to ${model}`, type: 'fallback', action: { fallback_model: model }, ...changes };
}

/** Of every finished event: its type, attempt, model, and kind of error. */
export function attemptsOf(captured: Capture): (readonly unknown[])[] {
  return captured.events().map(({ type, data }) => {
    const { attempt, model, kind } = data as Record<string, unknown>;
    return kind === undefined ? [type, attempt, model] : [type, attempt, model, kind];
  });
}

/** Of every trace: its policy, what it did, and whether it was done. */
export function tracesOf({ records }: Capture): unknown[] {
  const traces = records.filter(({ kind }) => kind === 'trace');
  return traces.map((it) => [it['policy_id'], it['action'], it['enforced']]);
}

/** Of every signal: its subtype and policy. */
export function signalsOf({ records }: Capture): (readonly unknown[])[] {
  const signals = records.filter(({ kind }) => kind === 'signal');
  return signals.map((it) => [it['subtype'], it['policy_id']]);
}
