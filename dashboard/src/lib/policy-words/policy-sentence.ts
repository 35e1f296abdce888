import { maxDelaySeconds } from '@niitaka/core/policy/back-off.ts';
import type {
  BrokenPolicy,
  CostLimit,
  FallbackPolicy,
  Policy,
  PolicyHead,
  RetryPolicy,
  StepLimit,
} from '@niitaka/core/policy/policy.ts';
import { formatNoun } from '../format-count.ts';
import { formatNanoUsdExact } from '../format-money.ts';
import { ordinal } from './ordinal.ts';
import { strong, type Phrase } from './phrase.ts';

/** Delays that are told one by one; of more the middle is left out. */
const toldDelays = 5;

/** What a policy does, as one sentence in plain words. */
export function policySentence(policy: Policy | BrokenPolicy): Phrase {
  switch (policy.type) {
    case 'cost_limit':
      return costSentence(policy);
    case 'step_limit':
      return stepSentence(policy);
    case 'retry':
      return retrySentence(policy);
    case 'fallback':
      return fallbackSentence(policy);
    case 'broken':
      return [`Cannot be evaluated: ${policy.at} ${policy.reason}`];
  }
}

/** The longest waits of a retry policy, one for each repetition: "1, 2 and 4 s". */
export function delaysText(policy: RetryPolicy): string {
  const delays = Array.from({ length: policy.maxRetries }, (_, index) =>
    String(Number(maxDelaySeconds(policy, index + 1).toFixed(3))),
  );
  if (new Set(delays).size === 1) return `${delays[0] ?? '0'} s`;
  if (delays.length > toldDelays) {
    return `${delays.slice(0, 3).join(', ')} … ${delays.at(-1) ?? '0'} s`;
  }
  return `${delays.slice(0, -1).join(', ')} and ${delays.at(-1) ?? '0'} s`;
}

function stepSentence(policy: StepLimit): Phrase {
  const steps = formatNoun(policy.stepsExceeded, 'step');
  if (policy.action === 'warn') {
    return ['Warns when ', ...counted(policy), ' has made ', strong(steps), ...within(policy)];
  }
  const next = strong(`${ordinal(policy.stepsExceeded + 1)} step`);
  const stops: Phrase = ['Stops ', ...sessionOf(policy)];
  switch (policy.scope) {
    case 'session':
      return [...stops, ' before its ', next];
    case 'tree':
      return [...stops, ' before the ', next, ' of its tree'];
    case 'day':
      return [...stops, ' before the ', next, ' of ', ...ownerOf(policy), ' in a day'];
  }
}

function costSentence(policy: CostLimit): Phrase {
  const amount = strong(formatNanoUsdExact(policy.costExceededNanoUsd));
  if (policy.action === 'warn') {
    const costs = policy.scope === 'day' ? ' has spent more than ' : ' costs more than ';
    return ['Warns when ', ...counted(policy), costs, amount, ...within(policy)];
  }
  const stops: Phrase = ['Stops ', ...sessionOf(policy), ' before its next call once '];
  switch (policy.scope) {
    case 'session':
      return [...stops, 'it has cost more than ', amount];
    case 'tree':
      return [...stops, 'its tree has cost more than ', amount];
    case 'day':
      return [...stops, ...ownerOf(policy), ' has spent more than ', amount, ' in a day'];
  }
}

function retrySentence(policy: RetryPolicy): Phrase {
  const times = policy.maxRetries === 1 ? 'once' : `up to ${policy.maxRetries} times`;
  const delays = delaysText(policy);
  const waits = delays === '0 s' ? ', without waiting' : `, waiting at most ${delays}`;
  return ['Repeats ', ...failedCall(policy), ' ', strong(times), waits];
}

function fallbackSentence(policy: FallbackPolicy): Phrase {
  const model = strong(policy.fallbackModel);
  return ['Goes on with ', model, ' after ', ...failedCall(policy), ', until the session ends'];
}

function failedCall(policy: RetryPolicy | FallbackPolicy): Phrase {
  const { onErrors, agentId } = policy;
  const call: Phrase = agentId === null ? ['any call'] : ['a call of ', strong(agentId)];
  const where = inEnvironment(policy);
  if (onErrors === null) return [...call, ...where, ' that failed'];
  return [...call, ...where, ' that failed with ', ...anyOf(onErrors)];
}

function anyOf(kinds: readonly string[]): Phrase {
  return kinds.flatMap((kind, index) => {
    if (index === 0) return [strong(kind)];
    return [index === kinds.length - 1 ? ' or ' : ', ', strong(kind)];
  });
}

/** What a limit counts. */
function counted(policy: PolicyHead): Phrase {
  if (policy.scope === 'day') return [...ownerOf(policy), ...inEnvironment(policy)];
  return policy.scope === 'tree' ? ['the tree of ', ...sessionOf(policy)] : sessionOf(policy);
}

function sessionOf(policy: PolicyHead): Phrase {
  const { agentId } = policy;
  const session: Phrase = agentId === null ? ['any session'] : ['a session of ', strong(agentId)];
  return [...session, ...inEnvironment(policy)];
}

function ownerOf({ agentId }: PolicyHead): Phrase {
  return agentId === null ? ['the organisation'] : [strong(agentId)];
}

function inEnvironment({ environment }: PolicyHead): Phrase {
  return environment === null ? [] : [' in ', strong(environment)];
}

function within({ scope }: PolicyHead): Phrase {
  return scope === 'day' ? [' in a day'] : [];
}
