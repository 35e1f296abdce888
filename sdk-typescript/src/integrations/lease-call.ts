import { estimateTokens } from '@niitaka/core/cost/estimate-tokens.ts';
import { readTokenCount } from '@niitaka/core/cost/token-usage.ts';
import { askForPart } from '../policy/ask-for-part.ts';
import { TreeLease, type Booking, type GrantedPart } from '../policy/tree-lease.ts';
import { wholeOf, type TreeSpending } from '../policy/tree-spending.ts';
import type { Recorder } from '../session/recorder.ts';
import type { Endpoint, Json, Origin } from './provider.ts';

/** Tokens that a call may answer with where it does not say (P10). */
const defaultOutputTokens = 4_096;

interface HeldLease {
  readonly lease: TreeLease;
  /** The session that it is asked for: with it the lease ends. */
  holder: Recorder;
}

/** One lease for each tree, of whichever sessions. */
const leases = new WeakMap<TreeSpending, HeldLease>();

/**
 * Books what a call that has begun may cost, where a limit on the session's tree is known. Rejects with an
 * `AgentExecutionStoppedError`, and the call is no step, where nothing of the tree's budget is left for it (P10).
 */
export async function bookCall(
  recorder: Recorder,
  endpoint: Endpoint,
  origin: Origin,
  body: Json,
): Promise<Booking | null> {
  const { control } = recorder;
  const limit = control.guard?.treeLimit ?? null;
  if (control.guard === null || limit === null) return null;
  const estimate = control.guard.costOf(estimateOf(endpoint, origin, body)) ?? 0n;
  const { lease } = leaseOf(recorder, control.guard.tree);
  const booking = await lease.book(estimate, limit);
  if (booking === null) {
    const why = lease.isStopped ? ' (the server cannot be reached)' : '';
    control.refuse(limit.nanoUsd + (estimate > 0n ? estimate : 1n), why);
  }
  return booking;
}

/** What a call may use: an upper bound of its answer, and its input by its length. */
function estimateOf(endpoint: Endpoint, { provider }: Origin, body: Json): Json {
  const { max_completion_tokens: completion, max_output_tokens: output } = body;
  const told = [body['max_tokens'], completion, output].map(readTokenCount);
  return {
    provider,
    model: body['model'],
    input_tokens: estimateTokens(endpoint.input(body)),
    output_tokens: told.find((tokens) => tokens !== undefined) ?? defaultOutputTokens,
  };
}

function leaseOf(recorder: Recorder, tree: TreeSpending): HeldLease {
  const known = leases.get(tree);
  if (known !== undefined) {
    if (known.holder.isEnded) hold(known, recorder, tree);
    return known;
  }
  const { client } = recorder;
  const lease = new TreeLease(
    tree,
    async (asked) => {
      const part = await askForPart(client, held.holder.sessionId, asked);
      if (part !== null) learnRoot(held, tree, part);
      return part;
    },
    client.settings.onUnreachable === 'stop',
  );
  const held: HeldLease = { lease, holder: recorder };
  leases.set(tree, held);
  // The oldest is likely to outlive the others.
  hold(held, runningIn(tree, recorder)[0] ?? recorder, tree);
  return held;
}

/** Trees here that the server knows as one have one lease (P10). */
function learnRoot(held: HeldLease, tree: TreeSpending, { rootSessionId }: GrantedPart): void {
  if (rootSessionId === null) return;
  const whole = held.holder.client.outlet.controls.trees.learn(tree, rootSessionId);
  const other = leases.get(whole);
  leases.set(whole, other ?? held);
  if (other === undefined || other === held) return;
  if (other.holder.isEnded) hold(other, held.holder, whole);
  other.lease.absorb(held.lease);
}

function hold(held: HeldLease, holder: Recorder, tree: TreeSpending): void {
  held.holder = holder;
  holder.atEnd.add(() => passOn(held, holder, tree));
}

/** The lease goes on in the name of another session of the tree, or back where there is none (P10). */
function passOn(held: HeldLease, ending: Recorder, tree: TreeSpending): void {
  // Another lease has taken it over.
  if (leases.get(wholeOf(tree)) !== held) return;
  const next = runningIn(tree, ending).find((it) => it !== ending);
  if (next === undefined) return held.lease.giveBack();
  hold(held, next, tree);
  held.lease.renew();
}

function runningIn(tree: TreeSpending, { client }: Recorder): readonly Recorder[] {
  const whole = wholeOf(tree);
  return [...client.running].filter((it) => it.control.guard?.tree === whole);
}
