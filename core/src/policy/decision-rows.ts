import { uuidV5, nilUuid } from '../ids/uuid-v5.ts';
import { usdNumber } from '../money/nano-usd.ts';
import type {
  Considered,
  Decision,
  DecisionSignal,
  EvaluationEvent,
  EvaluationState,
} from './decision.ts';
import { describeDecision } from './describe-decision.ts';
import { limitNumbers } from './limit-total.ts';
import type { BrokenPolicy, Policy } from './policy.ts';

/** Where a decision was made, and on what. */
export interface DecisionContext {
  readonly sessionId: string;
  /** The root of its tree; its own id where it stands alone. */
  readonly rootSessionId: string;
  readonly organisationId: string;
  /** The event that led to the decision; null before a session's first. */
  readonly eventId: string | null;
  /** The day of day totals, `YYYY-MM-DD` in UTC. */
  readonly day: string;
  readonly state: EvaluationState;
  readonly event: EvaluationEvent;
  /** The policies that were compiled for this decision and are broken. */
  readonly broken: readonly BrokenPolicy[];
}

/** A decision trace without who, when and how long (P7). */
export interface TraceDraft {
  readonly id: string;
  readonly sessionId: string;
  readonly eventId: string | null;
  readonly policyId: string;
  readonly policyRevision: number;
  /** What was done or, in shadow, would have been; `continue` for a policy that is broken. */
  readonly action: 'warn' | 'abort' | 'retry' | 'fallback' | 'retry_exhausted' | 'continue';
  readonly mode: 'enforce' | 'shadow';
  readonly inputs: Readonly<Record<string, string | number | boolean | null>>;
  readonly considered: readonly Considered[];
  readonly errors: readonly { readonly policyId: string; readonly at: string }[];
}

/** A signal without its time (G1). */
export interface SignalDraft {
  readonly id: string;
  /** What it is of: the session, for a tree's warning its root, for a day's the organisation. */
  readonly subjectId: string;
  readonly type: DecisionSignal['type'];
  readonly subtype: DecisionSignal['subtype'];
  readonly action: DecisionSignal['action'];
  readonly severity: 'info' | 'warning' | 'critical';
  readonly eventId: string | null;
  readonly policyId: string;
  readonly message: string;
  readonly data: Readonly<Record<string, string | number>>;
}

/** One trace for each policy that acted, would have in shadow, or is broken: the same ids whoever mints them (P7). */
export function decisionTraces(
  decision: Decision,
  context: DecisionContext,
): readonly TraceDraft[] {
  const trace = (
    policy: Policy | BrokenPolicy,
    action: TraceDraft['action'],
    key: string,
  ): TraceDraft => ({
    id: engineId(context.sessionId, 'trace', policy, key),
    sessionId: context.sessionId,
    eventId: context.eventId,
    policyId: policy.id,
    policyRevision: policy.revision,
    action,
    mode: key === 'shadow' ? 'shadow' : 'enforce',
    inputs: inputsOf(decision, context),
    considered: decision.considered,
    errors: policy.type === 'broken' ? [{ policyId: policy.id, at: policy.at }] : [],
  });
  const applied = decision.considered.flatMap(({ policy, result }) => {
    if (result === 'shadow') return [trace(policy, actionOf(policy), 'shadow')];
    if (result === 'exhausted') return [trace(policy, 'retry_exhausted', keyOf(policy, context))];
    const isApplied = result === 'matched' && (isLimit(policy) || policy === decision.policy);
    return isApplied ? [trace(policy, actionOf(policy), keyOf(policy, context))] : [];
  });
  return [...applied, ...context.broken.map((policy) => trace(policy, 'continue', 'error'))];
}

/** The signals of a decision as rows: the same ids whoever mints them (P7, G1). */
export function decisionSignals(
  decision: Decision,
  context: DecisionContext,
): readonly SignalDraft[] {
  const policies = new Map<string, Policy | BrokenPolicy>();
  for (const policy of context.broken) policies.set(policy.id, policy);
  for (const { policy } of decision.considered) policies.set(policy.id, policy);
  return decision.signals.flatMap((signal) => {
    const policy = policies.get(signal.policyId);
    return policy === undefined ? [] : [signalDraft(signal, policy, context)];
  });
}

/** The id of a trace or signal: the same for the same namespace, kind, policy, revision and key (P7). */
export function engineId(
  namespace: string,
  kind: string,
  policy: Pick<Policy, 'id' | 'revision'>,
  key: string,
): string {
  return uuidV5(namespace, `${kind}:${policy.id}:${policy.revision}:${key}`);
}

function signalDraft(
  signal: DecisionSignal,
  policy: Policy | BrokenPolicy,
  context: DecisionContext,
): SignalDraft {
  const kind = `${signal.type}/${signal.subtype}`;
  const scope = signal.action === 'warn' ? policy.scope : 'session';
  const key = policy.type === 'broken' ? 'error' : keyOf(policy, context);
  const owner = {
    session: { namespace: context.sessionId, subject: context.sessionId, key },
    tree: { namespace: context.rootSessionId, subject: context.rootSessionId, key },
    day: { namespace: nilUuid, subject: context.organisationId, key: `${key}:${context.day}` },
  }[scope];
  return {
    id: engineId(owner.namespace, kind, policy, owner.key),
    subjectId: owner.subject,
    type: signal.type,
    subtype: signal.subtype,
    action: signal.action,
    severity: severityOf(signal),
    eventId: context.eventId,
    policyId: signal.policyId,
    message: describeDecision(policy, context.state, context.event),
    data: dataOf(policy, context),
  };
}

function severityOf({ subtype, action }: DecisionSignal): SignalDraft['severity'] {
  if (action === 'abort') return 'critical';
  return action === 'warn' || subtype === 'retry_exhausted' || subtype === 'policy_error'
    ? 'warning'
    : 'info';
}

function dataOf(policy: Policy | BrokenPolicy, { state, event }: DecisionContext) {
  const { revision, scope } = policy;
  switch (policy.type) {
    case 'cost_limit':
    case 'step_limit':
      return { revision, scope, ...limitNumbers(policy, state) };
    case 'retry':
      return { revision, attempt: event.attempt ?? 0, max_retries: policy.maxRetries };
    case 'fallback':
      return { revision, fallback_model: policy.fallbackModel };
    case 'broken':
      return { revision, at: policy.at };
  }
}

function inputsOf(
  decision: Decision,
  { state, event }: DecisionContext,
): Readonly<Record<string, string | number | boolean | null>> {
  const inputs = {
    cost: usdNumber(state.costNanoUsd),
    steps: state.steps,
    tree_cost: usdNumber(state.treeCostNanoUsd),
    tree_steps: state.treeSteps,
    day_cost: usdNumber(state.dayCostNanoUsd),
    day_steps: state.daySteps,
    org_day_cost: usdNumber(state.orgDayCostNanoUsd),
    org_day_steps: state.orgDaySteps,
    kind: event.kind ?? null,
    attempt: event.attempt ?? null,
    model: event.model ?? null,
  };
  return decision.isBlind ? { ...inputs, blind: true } : inputs;
}

function keyOf(policy: Policy, { eventId, sessionId }: DecisionContext): string {
  return isLimit(policy) ? 'limit' : (eventId ?? sessionId);
}

function isLimit(policy: Policy): boolean {
  return policy.type === 'cost_limit' || policy.type === 'step_limit';
}

function actionOf(policy: Policy): 'warn' | 'abort' | 'retry' | 'fallback' {
  return policy.type === 'retry' || policy.type === 'fallback' ? policy.type : policy.action;
}
