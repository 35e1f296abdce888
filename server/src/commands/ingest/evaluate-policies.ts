import type { CompiledPolicies } from '@niitaka/core/policy/compile-policies.ts';
import type { Decision, EvaluationEvent, EvaluationState } from '@niitaka/core/policy/decision.ts';
import { decisionSignals, decisionTraces } from '@niitaka/core/policy/decision-rows.ts';
import { evaluate } from '@niitaka/core/policy/evaluate.ts';
import type { Session } from '@niitaka/core/session/session.ts';
import type { SignalRow, TraceRow } from '../../storage/session-tx.ts';
import type { CommandContext } from '../command.ts';
import { answeredDecision } from './answered-decision.ts';
import type { GroupWork } from './batch-work.ts';
import type { PolicyGround } from './policy-ground.ts';
import type { Spender, Warnings } from './warnings.ts';

/** After a batch nothing has failed: only the limits are asked. */
export const afterBatch: EvaluationEvent = { type: 'batch' };

/** A call that failed, as a policy looks at it. */
export interface FailedCall {
  readonly sessionId: string;
  readonly eventId: string;
  readonly kind: string | null;
  readonly attempt: number;
  readonly model: string | null;
}

/**
 * Asks the policies, by the rules of the SDKs, about every session that spent something in this group, once on its
 * totals, and about each failed call (P5). Totals must be saved. What the SDK decided too is the same row: ids are
 * minted alike (P7). A session with a policy file of its own is left to its SDK.
 */
export async function evaluatePolicies(
  context: CommandContext,
  group: GroupWork,
  ground: PolicyGround,
): Promise<void> {
  const { warnings } = ground;
  const failed = Map.groupBy(group.failedCalls, ({ sessionId }) => sessionId);
  const spenders = await spendersOf(context, group, ground);
  await warnings.load(spenders);
  for (const { session, totals, policies: own } of spenders) {
    const ask = async (event: EvaluationEvent, eventId: string | null) => {
      const warned = new Set(warnings.told(session).map(({ id }) => id));
      const state = { ...totals, warned, hasUnpriced: session.unpricedCount > 0 };
      await decide(context, group, { session, policies: own, state, warnings, event, eventId });
    };
    await ask(afterBatch, null);
    for (const { eventId, ...event } of failed.get(session.id) ?? []) {
      await ask({ type: 'error', ...event }, eventId);
    }
  }
}

async function spendersOf(
  context: CommandContext,
  group: GroupWork,
  { policies, totalsOf }: PolicyGround,
): Promise<Spender[]> {
  const spenders: Spender[] = [];
  for (const id of group.spending) {
    const session = group.sessions.get(id)?.session;
    if (session === undefined || session.policySource === 'file') continue;
    const own = await policies.of(context.tx, session.agentId, session.environment);
    if (own === null) continue;
    spenders.push({ session, policies: own, totals: await totalsOf(session) });
  }
  return spenders;
}

interface Asked {
  readonly session: Session;
  readonly policies: CompiledPolicies;
  readonly state: EvaluationState;
  readonly warnings: Warnings;
  readonly event: EvaluationEvent;
  readonly eventId: string | null;
}

async function decide(context: CommandContext, group: GroupWork, asked: Asked): Promise<void> {
  const startedTick = performance.now();
  const decision = evaluate(asked.policies, asked.state, asked.event);
  if (decision.action === 'continue' && !tellsAnything(decision)) return;
  noteDecision(group, asked, decision);
  const rows = rowsOf(context, group.orgId, asked, decision);
  const latencyUs = Math.round((performance.now() - startedTick) * 10_000) / 10;
  const traces = rows.traces.map((trace) => ({ ...trace, latencyUs }));
  const { tx } = context;
  const { session } = asked;
  const newTraces = (await tx.insertTraces(group.orgId, traces)).filter(Boolean).length;
  session.traceCount += newTraces;
  if (newTraces > 0) group.sessions.touch(session.id, true);
  await insertSignals(context, group, rows.signals);
  for (const signal of rows.signals) asked.warnings.note(signal);
}

/** An abort is not taken back by what is said of a call that failed. */
function noteDecision(
  { decisions }: GroupWork,
  { session, state }: Asked,
  decision: Decision,
): void {
  if (session.status !== 'running' || decisions.get(session.id)?.action === 'abort') return;
  const answered = answeredDecision(decision, state);
  if (answered !== null) decisions.set(session.id, answered);
}

function tellsAnything({ considered, errors }: Decision): boolean {
  return (
    errors.length > 0 ||
    considered.some(({ result }) => result === 'shadow' || result === 'exhausted')
  );
}

/** A warning of a tree is its root's, one of a day the organisation's: the session it is of counts it. */
async function insertSignals(
  { tx }: CommandContext,
  group: GroupWork,
  signals: readonly SignalRow[],
): Promise<void> {
  if (signals.length === 0) return;
  const isNews = await tx.insertSignals(group.orgId, signals);
  await group.sessions.load(signals.map(({ subjectId }) => subjectId));
  for (const [index, signal] of signals.entries()) {
    if (isNews[index] !== true) continue;
    group.signalIds.push(signal.id);
    const subject = group.sessions.get(signal.subjectId);
    if (subject === undefined) continue;
    subject.session.signalCount += 1;
    group.sessions.touch(signal.subjectId, true);
  }
}

function rowsOf(
  { nowMs }: CommandContext,
  organisationId: string,
  { session, policies, state, event, eventId }: Asked,
  decision: Decision,
): { readonly traces: readonly TraceRow[]; readonly signals: readonly SignalRow[] } {
  const decisionContext = {
    sessionId: session.id,
    rootSessionId: session.rootSessionId,
    organisationId,
    eventId,
    day: new Date(nowMs).toISOString().slice(0, 10),
    state,
    event,
    broken: policies.broken,
  };
  const isRunning = session.status === 'running';
  const considered = JSON.stringify(
    decision.considered.map(({ policy, result }) => ({
      policy_id: policy.id,
      revision: policy.revision,
      result,
      mode: policy.mode,
    })),
  );
  const traces = decisionTraces(decision, decisionContext).map((trace) => ({
    id: trace.id,
    sessionId: session.id,
    eventId: trace.eventId,
    policyId: trace.policyId,
    policyRevision: trace.policyRevision,
    // Whoever is over cannot be stopped any more.
    action: trace.action === 'abort' && !isRunning ? 'observed' : trace.action,
    inputs: JSON.stringify(trace.inputs),
    considered,
    errors: JSON.stringify(trace.errors.map(({ policyId, at }) => ({ policy_id: policyId, at }))),
    decidedBy: 'server',
    enforced: false,
    latencyUs: null,
    occurredAtMs: nowMs,
  }));
  const signals = decisionSignals(decision, decisionContext)
    .filter(({ action }) => isRunning || action !== 'abort')
    .map((signal) => ({
      ...signal,
      sessionId: session.id,
      agentId: session.agentId,
      data: JSON.stringify(signal.data),
      occurredAtMs: nowMs,
    }));
  return { traces, signals };
}
