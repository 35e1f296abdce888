import { isDeepStrictEqual } from 'node:util';
import { nanoUsdOf } from '@niitaka/core/money/nano-usd.ts';
import { nilUuid } from '@niitaka/core/ids/uuid-v5.ts';
import { compilePolicies } from '@niitaka/core/policy/compile-policies.ts';
import { decisionSignals, decisionTraces } from '@niitaka/core/policy/decision-rows.ts';
import type { Decision, EvaluationEvent, EvaluationState } from '@niitaka/core/policy/decision.ts';
import { evaluate } from '@niitaka/core/policy/evaluate.ts';
import { readPolicy } from '@niitaka/core/policy/parse-policy.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Runs one policy case (`policies`, `session`, `event` and what is expected) and answers one line per difference.
 * Only the keys that `expect` has are compared; lists are in order.
 */
export function checkPolicyCase(vector: Fields): readonly string[] {
  const { policies, session, event, expect } = vector;
  if (!Array.isArray(policies)) return [`expected a list \`policies\`, found ${shown(policies)}`];
  if (!isFields(session)) return [`expected an object \`session\`, found ${shown(session)}`];
  if (!isFields(event)) return [`expected an object \`event\`, found ${shown(event)}`];
  if (!isFields(expect)) return [`expected an object \`expect\`, found ${shown(expect)}`];
  const found = decide(policies, session, event);
  if (typeof found === 'string') return [found];
  return Object.entries(expect)
    .filter(([key, value]) => !isDeepStrictEqual(found[key], value))
    .map(([key, value]) => `${key}: expected ${shown(value)}, found ${shown(found[key])}`);
}

/** What the shipped engine says about a case, in the words of the file; a text says what is wrong with the case. */
export function decide(policies: readonly unknown[], session: Fields, event: Fields) {
  const state = stateOf(session);
  if (typeof state === 'string') return state;
  const { agent_id: agentId, environment } = session;
  const compiled = compilePolicies(
    policies.map(readPolicy),
    typeof agentId === 'string' ? agentId : null,
    String(environment),
  );
  const happened = event as unknown as EvaluationEvent;
  const decision = evaluate(compiled, state, happened);
  const context = {
    sessionId: String(session['id'] ?? nilUuid),
    rootSessionId: String(session['root_id'] ?? session['id'] ?? nilUuid),
    organisationId: nilUuid,
    eventId: typeof event['id'] === 'string' ? event['id'] : null,
    day: String(session['day'] ?? '1970-01-01'),
    state,
    event: happened,
    broken: compiled.broken,
  };
  return {
    ...decisionFields(decision),
    trace_ids: decisionTraces(decision, context).map(({ id }) => id),
    signal_ids: decisionSignals(decision, context).map(({ id }) => id),
    messages: decisionSignals(decision, context).map(({ message }) => message),
  } as Fields;
}

function decisionFields(decision: Decision): Fields {
  const { maxDelaySeconds, fallbackModel } = decision;
  return {
    action: decision.action,
    policy_id: decision.policy?.id ?? null,
    warned_now: decision.warnedNow,
    signals: decision.signals.map(({ type, subtype, policyId, action }) => ({
      type,
      subtype,
      policy_id: policyId,
      action,
    })),
    errors: decision.errors.map(({ policyId, at }) => ({ policy_id: policyId, at })),
    considered: decision.considered.map(({ policy, result }) => ({
      policy_id: policy.id,
      result,
    })),
    ...(maxDelaySeconds === null ? {} : { max_delay_seconds: maxDelaySeconds }),
    ...(fallbackModel === null ? {} : { fallback_model: fallbackModel }),
  };
}

function stateOf(session: Fields): EvaluationState | string {
  const costs = ['cost', 'tree_cost', 'day_cost', 'org_day_cost'].map((key) => {
    const value = session[key] ?? 0;
    return typeof value === 'number' || typeof value === 'string' ? nanoUsdOf(value) : null;
  });
  const [cost, tree, day, orgDay] = costs;
  if (cost == null || tree == null || day == null || orgDay == null) {
    return `expected amounts in USD in \`session\`, found ${shown(session)}`;
  }
  const warned = Array.isArray(session['warned']) ? session['warned'] : [];
  const stepsAt = (key: string) => Number(session[key] ?? 0);
  return {
    costNanoUsd: cost,
    steps: stepsAt('steps'),
    treeCostNanoUsd: tree,
    treeSteps: stepsAt('tree_steps'),
    dayCostNanoUsd: day,
    daySteps: stepsAt('day_steps'),
    orgDayCostNanoUsd: orgDay,
    orgDaySteps: stepsAt('org_day_steps'),
    warned: new Set(warned.map(String)),
    hasUnpriced: session['has_unpriced'] === true,
  };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
