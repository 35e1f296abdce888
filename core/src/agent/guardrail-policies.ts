import type { PolicyType } from '../policy/policy.ts';
import type { RunningVersion } from './agent-version.ts';

/** A policy that a version brings with it, as the wire carries policies; `created_at` in ms since the epoch. */
export interface GuardrailPolicy {
  readonly id: string;
  readonly name: string;
  readonly revision: number;
  readonly type: PolicyType;
  readonly agent_id: string;
  readonly environment: null;
  readonly priority: number;
  readonly scope: 'session';
  readonly mode: 'enforce';
  readonly condition: Readonly<Record<string, unknown>>;
  readonly action: Readonly<Record<string, unknown>>;
  readonly created_at: number;
}

/**
 * The guardrails of an active version as policies of its agent, which stand beside all others: a version never lifts
 * the organisation's limits (A4). Content does not change once active, so that their revision is always 1 (A3, P7).
 */
export function guardrailPolicies(version: RunningVersion): readonly GuardrailPolicy[] {
  const { cost_limit_usd: usd, max_steps: steps, retry, fallback } = version.content.guardrails;
  const policy = (type: PolicyType, condition: object, action: object): GuardrailPolicy => ({
    id: `version:${version.agentId}:${version.number}:${type}`,
    name: `version ${version.number} ${type.replace('_', ' ')}`,
    revision: 1,
    type,
    agent_id: version.agentId,
    environment: null,
    priority: 0,
    scope: 'session',
    mode: 'enforce',
    condition: { ...condition },
    action: { ...action },
    created_at: version.createdAtMs,
  });
  const policies: GuardrailPolicy[] = [];
  const abort = { type: 'abort' };
  if (isSet(usd)) policies.push(policy('cost_limit', { cost_exceeded: usd }, abort));
  if (isSet(steps)) policies.push(policy('step_limit', { steps_exceeded: steps }, abort));
  if (isSet(retry)) {
    const { on_errors: kinds, ...action } = retry;
    policies.push(policy('retry', onErrors(kinds), action));
  }
  if (isSet(fallback)) {
    const { on_errors: kinds, ...action } = fallback;
    policies.push(policy('fallback', onErrors(kinds), action));
  }
  return policies;
}

function onErrors(kinds: readonly string[] | null | undefined): object {
  return isSet(kinds) ? { on_errors: kinds } : {};
}

function isSet<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
