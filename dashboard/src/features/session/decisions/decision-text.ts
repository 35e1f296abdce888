import type { Signal, Trace } from '@niitaka/protocol/signal.ts';
import { formatDuration } from '../../../lib/format-duration.ts';
import { limitReason, type Limit } from './limit-reason.ts';
import { fieldsOf, numberOf, textOf } from './loose-fields.ts';

/** A decision in words: "Aborted before call 41" · "steps 40 ≥ 40" · "policy loop guard rev 3". */
export interface DecisionText {
  readonly tone: 'stop' | 'warn' | 'expected' | 'neutral';
  /** What was done. */
  readonly headline: string;
  /** The number that decided and the one it was held against, where known. */
  readonly reason: string | null;
  readonly policyId: string | null;
  readonly revision: number | null;
  /** Who decided and how long it took. */
  readonly decidedBy: string;
  readonly mode: 'enforced' | 'shadow' | 'not enforced';
}

/** `signals` of the same session or `limits` give the threshold: a trace names only what was found (P7). */
export function decisionText(
  trace: Trace,
  signals: readonly Signal[],
  limits: readonly Limit[],
): DecisionText {
  const inputs = inputsOf(trace.inputs);
  const mode = modeOf(trace);
  return {
    tone: toneOf(trace, mode),
    headline: headlineOf(trace, inputs, mode),
    reason: reasonOf(trace, signals, limits),
    policyId: trace.policy_id,
    revision: trace.policy_revision,
    decidedBy: decidedByOf(trace),
    mode,
  };
}

/** Whether a decision is that of a limit: the others retry, fall back or could not be made. */
export function isOfLimit({ action }: Trace): boolean {
  return ['abort', 'warn', 'observed'].includes(action);
}

/** The whole decision as one sentence, for a screen reader or a copy. */
export function decisionSentence(text: DecisionText): string {
  const policy = text.policyId === null ? null : policyPhrase(text.policyId, text.revision);
  const because = [text.reason, policy].filter((part) => part !== null).join(', ');
  return because === '' ? `${text.headline}.` : `${text.headline}: ${because}.`;
}

/** A policy by its name, or its id where it has none here: "policy loop guard rev 3". */
export function policyPhrase(policy: string, revision: number | null): string {
  return `policy ${policy}${revision === null ? '' : ` rev ${revision}`}`;
}

/** Why a policy that was looked at did or did not decide, in words. */
export function consideredText(result: string): string {
  return resultWords[result] ?? result.replaceAll('_', ' ');
}

const resultWords: Readonly<Record<string, string>> = {
  matched: 'matched',
  below_threshold: 'below its threshold',
  other_error: 'meant for other kinds of error',
  already_warned: 'has warned once already',
  exhausted: 'its retries are used up',
  outranked: 'matched, but another goes first',
  shadow: 'matched, in shadow: recorded only',
  already_on_fallback: 'already on its fallback model',
};

interface Inputs {
  readonly steps: number | null;
  readonly attempt: number | null;
  readonly kind: string | null;
  readonly model: string | null;
}

function inputsOf(value: unknown): Inputs {
  const at = fieldsOf(value);
  return {
    steps: numberOf(at['steps']),
    attempt: numberOf(at['attempt']),
    kind: textOf(at['kind']),
    model: textOf(at['model']),
  };
}

function modeOf(trace: Trace): DecisionText['mode'] {
  if (trace.enforced) return 'enforced';
  const own = trace.considered.find((one) => one.policy_id === trace.policy_id);
  return own?.mode === 'shadow' || own?.result === 'shadow' ? 'shadow' : 'not enforced';
}

function toneOf(trace: Trace, mode: DecisionText['mode']): DecisionText['tone'] {
  if (trace.errors.length > 0) return 'warn';
  if (mode === 'shadow') return 'neutral';
  if (trace.action === 'abort') return 'stop';
  if (trace.action === 'warn' || trace.action === 'observed') return 'warn';
  return trace.action === 'continue' ? 'neutral' : 'expected';
}

function headlineOf(trace: Trace, inputs: Inputs, mode: DecisionText['mode']): string {
  const would = mode === 'shadow';
  const after = inputs.kind === null ? '' : ` after ${inputs.kind.replaceAll('_', ' ')}`;
  switch (trace.action) {
    case 'abort': {
      const call = inputs.steps === null ? '' : ` before call ${inputs.steps + 1}`;
      if (would) return `Would have aborted${call}`;
      return mode === 'enforced' ? `Aborted${call}` : `Decided to abort${call}`;
    }
    case 'warn': {
      const step = inputs.steps === null ? '' : ` at step ${inputs.steps}`;
      return would ? `Would have warned${step}` : `Warned${step}`;
    }
    case 'retry': {
      const attempt = inputs.attempt === null ? '' : `, attempt ${inputs.attempt}`;
      return `${would ? 'Would have retried' : 'Retried'}${after}${attempt}`;
    }
    case 'fallback': {
      const from = inputs.model === null ? '' : ` from ${inputs.model}`;
      return `${would ? 'Would have fallen back' : 'Fell back'}${from}${after}`;
    }
    case 'observed':
      return 'Over the limit when the session had ended';
    case 'continue':
      return trace.errors.length > 0 ? 'A policy could not be evaluated' : 'Went on';
    default:
      return trace.action.replaceAll('_', ' ');
  }
}

function reasonOf(
  trace: Trace,
  signals: readonly Signal[],
  limits: readonly Limit[],
): string | null {
  const broken = trace.errors[0];
  if (broken !== undefined) return `${broken.policy_id} at ${broken.at}`;
  return isOfLimit(trace) ? limitReason(trace, signals, limits) : null;
}

function decidedByOf(trace: Trace): string {
  const names = trace.decided_by.map((one) => (one === 'sdk' ? 'the SDK' : 'the server'));
  const who = names.length === 0 ? 'an unknown decider' : names.join(' and ');
  if (trace.latency_us === null) return `By ${who}`;
  const ms = trace.latency_us / 1_000;
  return `By ${who}, ${ms < 10 ? `${Number(ms.toFixed(2))} ms` : formatDuration(ms)}`;
}
