import { nanoUsdOf } from '@niitaka/core/money/nano-usd.ts';
import { blindWords, describeLimit } from '@niitaka/core/policy/describe-decision.ts';
import { readPolicy } from '@niitaka/core/policy/parse-policy.ts';
import type {
  BrokenPolicy,
  CostLimit,
  Policy,
  PolicyScope,
  StepLimit,
} from '@niitaka/core/policy/policy.ts';
import type { Signal, Trace } from '@niitaka/protocol/signal.ts';
import { formatUsd } from '../../../lib/format-money.ts';
import { fieldsOf, numberOf } from './loose-fields.ts';

/** A limit on cost or steps. */
export type Limit = CostLimit | StepLimit;

/**
 * The number that a limit found and the one it was held against, in the engine's words. Its own signal says both; a
 * shadow has none, and that of a tree or day stands elsewhere: then the limit itself does, as it was at that revision.
 */
export function limitReason(
  trace: Trace,
  signals: readonly Signal[],
  limits: readonly Limit[],
): string | null {
  const inputs = fieldsOf(trace.inputs);
  const told = toldBySignal(trace, signals);
  const limit = told?.limit ?? limits.find((one) => isOf(trace, one.id, one.revision));
  if (limit === undefined) return totalsOf(inputs);
  const found = told?.found ?? numberOf(inputs[totalOf(limit)]);
  const amount = found === null ? null : amountOf(limit, found);
  if (amount === null) return totalsOf(inputs);
  return describeLimit(limit, amount, inputs['blind'] === true);
}

/** Whether a policy is a limit that can be evaluated. */
export function isLimit(policy: Policy | BrokenPolicy): policy is Limit {
  return policy.type === 'cost_limit' || policy.type === 'step_limit';
}

/** What the signal of the limit says of it; of several the one nearest in time. */
function toldBySignal(
  trace: Trace,
  signals: readonly Signal[],
): { readonly limit: Limit; readonly found: number | null } | null {
  const atMs = Date.parse(trace.occurred_at);
  const distance = (signal: Signal) => Math.abs(Date.parse(signal.occurred_at) - atMs);
  const own = signals.filter(({ type, policy_id: id, data }) => {
    const revision = numberOf(fieldsOf(data)['revision']);
    return type === 'guardrail' && id !== null && isOf(trace, id, revision);
  });
  const nearest = own.toSorted((a, b) => distance(a) - distance(b))[0];
  if (nearest === undefined) return null;
  const { threshold, scope, found } = fieldsOf(nearest.data);
  const key = nearest.subtype === 'cost_limit' ? 'cost_exceeded' : 'steps_exceeded';
  const limit = readPolicy({
    id: nearest.policy_id,
    type: nearest.subtype,
    scope,
    condition: { [key]: threshold },
    action: { type: 'abort' },
  });
  return isLimit(limit) ? { limit, found: numberOf(found) } : null;
}

/** A revision that either of them leaves open fits any. */
function isOf(trace: Trace, id: string, revision: number | null): boolean {
  const wanted = trace.policy_revision;
  return id === trace.policy_id && (wanted === null || revision === null || wanted === revision);
}

/** Under which name a trace's inputs hold the total that a limit looks at. */
function totalOf({ type, scope, agentId }: Limit): string {
  const whose: Readonly<Record<PolicyScope, string>> = {
    session: '',
    tree: 'tree_',
    day: agentId === null ? 'org_day_' : 'day_',
  };
  return `${whose[scope]}${type === 'cost_limit' ? 'cost' : 'steps'}`;
}

function amountOf({ type }: Limit, found: number): bigint | null {
  if (type === 'cost_limit') return nanoUsdOf(found);
  return Number.isInteger(found) ? BigInt(found) : null;
}

/** What the session had spent, where nobody says by which limit it was measured. */
function totalsOf(inputs: Readonly<Record<string, unknown>>): string | null {
  const cost = numberOf(inputs['cost']);
  const steps = numberOf(inputs['steps']);
  const blind = inputs['blind'] === true ? ` ${blindWords}` : '';
  const known = [
    ...(cost === null ? [] : [`cost ${formatUsd(cost)}${blind}`]),
    ...(steps === null ? [] : [`steps ${steps}`]),
  ];
  return known.length === 0 ? null : known.join(', ');
}
