import { parsePolicy } from '@niitaka/core/policy/parse-policy.ts';
import { policyLimits } from '@niitaka/core/policy/policy-limits.ts';
import type { Policy } from '@niitaka/core/policy/policy.ts';
import type { CreatePolicy } from '@niitaka/protocol/policy.ts';
import { formatCount } from '../../../lib/format-count.ts';
import { fieldOfPath } from './field-of-path.ts';
import type { FormField, PolicyForm } from './policy-form.ts';

/** What is wrong, by field. */
export type FormProblems = Readonly<Partial<Record<FormField, string>>>;

/** A policy that can be sent, with what the engine reads in it; or what stands in the way. */
export type ReadForm =
  | { readonly ok: true; readonly body: CreatePolicy; readonly policy: Policy }
  | { readonly ok: false; readonly problems: FormProblems };

/** The policy that the fields make (P1, P4). */
export function readForm(form: PolicyForm): ReadForm {
  const problems = problemsOf(form);
  if (Object.keys(problems).length > 0) return { ok: false, problems };
  const body = bodyOf(form);
  const read = parsePolicy({ ...body, id: 'preview' });
  if (read.ok) return { ok: true, body, policy: read.value };
  const field = fieldOfPath(read.failure.problems?.[0]?.path ?? '') ?? 'name';
  return { ok: false, problems: { [field]: read.failure.message } };
}

function bodyOf(form: PolicyForm): CreatePolicy {
  const common = {
    name: textOrNull(form.name) ?? form.type.replace('_', ' '),
    agent_id: textOrNull(form.agent),
    environment: textOrNull(form.environment),
    priority: numberOf(form.priority),
    mode: form.mode,
  };
  const condition = { on_errors: form.onErrors.length === 0 ? null : [...form.onErrors] };
  const { type, scope } = form;
  const limit = { ...common, scope, action: { type: form.limitAction } };
  switch (type) {
    case 'cost_limit':
      return { ...limit, type, condition: { cost_exceeded: amountOf(form.costUsd) } };
    case 'step_limit':
      return { ...limit, type, condition: { steps_exceeded: numberOf(form.steps) } };
    case 'retry':
      return { ...common, type, scope: 'session', condition, action: retryAction(form) };
    case 'fallback': {
      const action = { fallback_model: form.model.trim() };
      return { ...common, type, scope: 'session', condition, action };
    }
  }
}

function retryAction(form: PolicyForm) {
  return {
    max_retries: numberOf(form.maxRetries),
    backoff: form.backoff,
    base_seconds: numberOf(form.baseSeconds),
    max_seconds: form.maxSeconds.trim() === '' ? null : numberOf(form.maxSeconds),
  };
}

function problemsOf(form: PolicyForm): FormProblems {
  const problems: [FormField, string | null][] = [
    ['name', tooLong(form.name)],
    ['agent', tooLong(form.agent, 128)],
    ['environment', tooLong(form.environment)],
    ['priority', wholeProblem(form.priority, -policyLimits.priority, policyLimits.priority)],
  ];
  switch (form.type) {
    case 'cost_limit':
      problems.push(['costUsd', amountProblem(form.costUsd)]);
      break;
    case 'step_limit':
      problems.push(['steps', wholeProblem(form.steps, 0, policyLimits.steps)]);
      break;
    case 'retry':
      problems.push(
        ['maxRetries', wholeProblem(form.maxRetries, 1, policyLimits.retries)],
        ['baseSeconds', secondsProblem(form.baseSeconds)],
        ['maxSeconds', form.maxSeconds.trim() === '' ? null : secondsProblem(form.maxSeconds)],
      );
      break;
    case 'fallback':
      problems.push([
        'model',
        form.model.trim() === '' ? 'Name the model to go on with' : tooLong(form.model),
      ]);
  }
  return Object.fromEntries(problems.filter(([, problem]) => problem !== null));
}

function amountProblem(text: string): string | null {
  if (amountOf(text) === '') return 'How many USD? For example 0.50';
  if (!/^\d+(?:\.\d+)?$/.test(amountOf(text))) return 'An amount of USD in digits, such as 0.50';
  if (!/^\d{1,9}(?:\.\d{1,9})?$/.test(amountOf(text))) {
    return 'At most 9 digits before the point, and 9 after it';
  }
  return null;
}

function wholeProblem(text: string, least: number, most: number): string | null {
  const number = numberOf(text);
  const fits = Number.isInteger(number) && number >= least && number <= most;
  return fits ? null : `A whole number of ${spelt(least)} to ${spelt(most)}`;
}

function secondsProblem(text: string): string | null {
  const number = numberOf(text);
  const fits = number >= 0 && number <= policyLimits.delaySeconds;
  return fits ? null : `A number of seconds of 0 to ${spelt(policyLimits.delaySeconds)}`;
}

function tooLong(text: string, most: number = policyLimits.nameCharacters): string | null {
  return text.trim().length > most ? `At most ${most} characters` : null;
}

function spelt(number: number): string {
  return formatCount(number).replace('-', '−');
}

/** NaN for what is no number, or nothing at all. */
function numberOf(text: string): number {
  return /^-?\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN;
}

function amountOf(text: string): string {
  return text.trim().replace(/^\$\s*/, '');
}

function textOrNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}
