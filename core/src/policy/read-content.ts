import { decimalText, parseDecimal, type Decimal } from '../money/decimal.ts';
import type { Backoff, Policy, PolicyHead } from './policy.ts';
import { policyTypes } from './policy.ts';
import { defaultMaxSeconds, policyLimits } from './policy-limits.ts';
import { isFields, isName, isWhole, trouble, type Trouble } from './trouble.ts';

type Fields = Readonly<Record<string, unknown>>;

const backoffs: ReadonlySet<unknown> = new Set(['exponential', 'linear', 'constant']);
const quoted = policyTypes.map((type) => `"${type}"`).join(', ');

/** The condition and action of a policy by its type, or the first value there that is wrong. */
export function readContent(head: PolicyHead, fields: Fields): Policy | Trouble {
  const { type, condition = {}, action = {} } = fields;
  if (!isFields(condition)) return trouble('condition', 'an object', condition);
  if (!isFields(action)) return trouble('action', 'an object', action);
  switch (type) {
    case 'cost_limit':
      return readCostLimit(head, condition, action);
    case 'step_limit':
      return readStepLimit(head, condition, action);
    case 'retry':
      return readRetry(head, condition, action);
    case 'fallback':
      return readFallback(head, condition, action);
    default:
      return trouble('type', `one of ${quoted}`, type);
  }
}

function readCostLimit(head: PolicyHead, condition: Fields, action: Fields): Policy | Trouble {
  const { cost_exceeded: found } = condition;
  const decimal =
    typeof found === 'number' || typeof found === 'string' ? parseDecimal(found) : null;
  const isAmount = decimal !== null && decimal.coefficient >= 0n && isAtMost(decimal);
  if (!isAmount) return trouble('condition.cost_exceeded', 'an amount in USD >= 0', found);
  const extra = unknownKey(condition, 'cost_exceeded');
  if (extra !== null) return extra;
  const { type } = action;
  if (!isLimitAction(type)) return trouble('action.type', '"warn" or "abort"', type);
  return {
    ...head,
    type: 'cost_limit',
    costExceededUsd: decimalText(decimal),
    costExceededNanoUsd: floorNanoUsd(decimal),
    action: type,
  };
}

function readStepLimit(head: PolicyHead, condition: Fields, action: Fields): Policy | Trouble {
  const { steps_exceeded: found } = condition;
  if (!isWhole(found, 0, policyLimits.steps)) {
    return trouble('condition.steps_exceeded', 'a whole number >= 0', found);
  }
  const extra = unknownKey(condition, 'steps_exceeded');
  if (extra !== null) return extra;
  const { type } = action;
  if (!isLimitAction(type)) return trouble('action.type', '"warn" or "abort"', type);
  return { ...head, type: 'step_limit', stepsExceeded: found, action: type };
}

function readRetry(head: PolicyHead, condition: Fields, action: Fields): Policy | Trouble {
  const onErrors = readOnErrors(condition);
  if (onErrors !== null && 'reason' in onErrors) return onErrors;
  const maxRetries = action['max_retries'];
  if (!isWhole(maxRetries, 1, policyLimits.retries)) {
    return trouble('action.max_retries', 'a whole number of 1 to 10', maxRetries);
  }
  const backoff = action['backoff'] ?? 'exponential';
  if (!backoffs.has(backoff)) {
    return trouble('action.backoff', '"exponential", "linear" or "constant"', backoff);
  }
  const baseSeconds = action['base_seconds'] ?? 1;
  if (!isDelay(baseSeconds)) return trouble('action.base_seconds', wantedDelay, baseSeconds);
  const maxSeconds = action['max_seconds'] ?? defaultMaxSeconds;
  if (!isDelay(maxSeconds)) return trouble('action.max_seconds', wantedDelay, maxSeconds);
  return {
    ...head,
    type: 'retry',
    onErrors,
    maxRetries,
    backoff: backoff as Backoff,
    baseSeconds,
    maxSeconds,
  };
}

function readFallback(head: PolicyHead, condition: Fields, action: Fields): Policy | Trouble {
  const onErrors = readOnErrors(condition);
  if (onErrors !== null && 'reason' in onErrors) return onErrors;
  const { fallback_model: model } = action;
  if (!isName(model)) return trouble('action.fallback_model', "a model's name", model);
  return { ...head, type: 'fallback', onErrors, fallbackModel: model };
}

/** A kind that is not known here never comes up, so it is no trouble: a newer server may know it. */
function readOnErrors(condition: Fields): readonly string[] | null | Trouble {
  const extra = unknownKey(condition, 'on_errors');
  if (extra !== null) return extra;
  const kinds = condition['on_errors'] ?? null;
  if (kinds === null) return null;
  const isList =
    Array.isArray(kinds) && kinds.length > 0 && kinds.length <= policyLimits.errorKinds;
  if (isList && kinds.every(isName)) return kinds;
  return trouble('condition.on_errors', 'a list of error kinds', kinds);
}

// INVARIANT: a condition that is not understood is never ignored, or the policy would fire too often.
function unknownKey(condition: Fields, known: string): Trouble | null {
  const key = Object.keys(condition).find((key) => key !== known);
  return key === undefined ? null : trouble(`condition.${key}`, 'absent', condition[key]);
}

function isLimitAction(value: unknown): value is 'warn' | 'abort' {
  return value === 'warn' || value === 'abort';
}

const wantedDelay = 'a number of seconds of 0 to 86400';

function isDelay(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= policyLimits.delaySeconds;
}

function isAtMost(decimal: Decimal): boolean {
  return floorNanoUsd(decimal) <= BigInt(policyLimits.costUsd) * 1_000_000_000n;
}

function floorNanoUsd({ coefficient, scale }: Decimal): bigint {
  const shift = 9 - scale;
  return shift >= 0 ? coefficient * 10n ** BigInt(shift) : coefficient / 10n ** BigInt(-shift);
}
