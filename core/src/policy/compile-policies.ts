import type { BrokenPolicy, Policy, PolicyType } from './policy.ts';

/** The policies that are for one agent in one environment, in the order in which they are asked (P3). */
export interface CompiledPolicies {
  /** Stages in their order, each with its policies in theirs. */
  readonly costLimits: readonly RankedPolicy<'cost_limit'>[];
  readonly stepLimits: readonly RankedPolicy<'step_limit'>[];
  readonly retries: readonly RankedPolicy<'retry'>[];
  readonly fallbacks: readonly RankedPolicy<'fallback'>[];
  /** Those that cannot be evaluated, in the order over all stages. */
  readonly broken: readonly BrokenPolicy[];
}

/** A policy with its place among all, whatever their stage; 0 is first. */
export interface RankedPolicy<T extends PolicyType> {
  readonly policy: Extract<Policy, { type: T }>;
  readonly rank: number;
}

/**
 * Chooses and orders the policies for one agent (null for "no agent") and environment. Those that are `off` or for
 * others are left out. Do it once per snapshot: a decision then only walks the lists.
 */
export function compilePolicies(
  policies: readonly (Policy | BrokenPolicy)[],
  agentId: string | null,
  environment: string,
): CompiledPolicies {
  const applicable = policies
    .filter(
      (policy) =>
        policy.mode !== 'off' &&
        (policy.agentId === null || policy.agentId === agentId) &&
        (policy.environment === null || policy.environment === environment),
    )
    .toSorted(comparePolicies);
  return {
    costLimits: ranked(applicable, 'cost_limit'),
    stepLimits: ranked(applicable, 'step_limit'),
    retries: ranked(applicable, 'retry'),
    fallbacks: ranked(applicable, 'fallback'),
    broken: applicable.filter((policy) => policy.type === 'broken'),
  };
}

/** Orders by priority from high to low, then agent before organisation, then the older, then the lower id (P3). */
export function comparePolicies(one: Policy | BrokenPolicy, other: Policy | BrokenPolicy): number {
  return (
    other.priority - one.priority ||
    Number(one.agentId === null) - Number(other.agentId === null) ||
    one.createdAtMs - other.createdAtMs ||
    compareText(one.id, other.id)
  );
}

function ranked<T extends PolicyType>(
  policies: readonly (Policy | BrokenPolicy)[],
  type: T,
): readonly RankedPolicy<T>[] {
  return policies.flatMap((policy, rank) =>
    policy.type === type ? [{ policy: policy as Extract<Policy, { type: T }>, rank }] : [],
  );
}

/** Orders text by code points, as Python does; JavaScript's own `<` orders by halves of surrogate pairs. */
function compareText(one: string, other: string): number {
  if (one === other) return 0;
  let at = 0;
  while (at < one.length && one.charCodeAt(at) === other.charCodeAt(at)) at += 1;
  if (at > 0 && isLowSurrogate(one.charCodeAt(at))) at -= 1;
  return (one.codePointAt(at) ?? -1) - (other.codePointAt(at) ?? -1);
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
