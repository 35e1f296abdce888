import { policyLimits } from '@niitaka/core/policy/policy-limits.ts';
import type { Backoff } from '@niitaka/core/policy/policy.ts';
import { formatCount } from '../../../lib/format-count.ts';
import type { AgentVersion } from '@niitaka/protocol/agent.ts';
import type { VersionContent } from './version-content.ts';

/** Bytes of a prompt at most. */
const promptBytes = 65_536;

/** What the editor of a draft holds, as typed; empty says nothing. */
export interface VersionForm {
  readonly model: string;
  readonly temperature: string;
  readonly maxTokens: string;
  readonly prompt: string;
  readonly costUsd: string;
  readonly steps: string;
  readonly maxRetries: string;
  readonly backoff: Backoff;
  readonly baseSeconds: string;
  readonly maxSeconds: string;
  readonly fallbackModel: string;
}

/** What is wrong, by field. */
export type VersionProblems = Readonly<Partial<Record<keyof VersionForm, string>>>;

/** The content of a draft that can be sent, or what stands in the way. */
export type ReadVersionForm =
  | { readonly ok: true; readonly content: VersionContent }
  | { readonly ok: false; readonly problems: VersionProblems };

/** A version as the editor shows it; none begins empty. */
export function versionFormOf(version: AgentVersion | null): VersionForm {
  const guardrails = version?.guardrails;
  const retry = guardrails?.retry ?? null;
  const text = (value: number | string | null | undefined) =>
    value === null || value === undefined ? '' : String(value);
  return {
    model: version?.model ?? '',
    temperature: text(version?.temperature),
    maxTokens: text(version?.max_tokens),
    prompt: version?.system_prompt ?? '',
    costUsd: text(guardrails?.cost_limit_usd),
    steps: text(guardrails?.max_steps),
    maxRetries: text(retry?.max_retries),
    backoff: retry?.backoff ?? 'exponential',
    baseSeconds: text(retry?.base_seconds),
    maxSeconds: text(retry?.max_seconds),
    fallbackModel: guardrails?.fallback?.fallback_model ?? '',
  };
}

/** The content that the fields make over the version they began with (A3). */
export function readVersionForm(
  form: VersionForm,
  base: Pick<VersionContent, 'guardrails'> | null = null,
): ReadVersionForm {
  const problems = problemsOf(form);
  if (Object.keys(problems).length > 0) return { ok: false, problems };
  return {
    ok: true,
    content: {
      model: textOrNull(form.model),
      temperature: numberOrNull(form.temperature),
      max_tokens: numberOrNull(form.maxTokens),
      system_prompt: form.prompt === '' ? null : form.prompt,
      guardrails: guardrailsOf(form, base?.guardrails ?? {}),
    },
  };
}

function guardrailsOf(form: VersionForm, kept: VersionContent['guardrails']) {
  const { costUsd, steps, maxRetries, fallbackModel } = form;
  const isSaid = (text: string) => text.trim() !== '';
  return {
    ...(isSaid(costUsd) && { cost_limit_usd: amountOf(costUsd) }),
    ...(isSaid(steps) && { max_steps: Number(steps) }),
    ...(isSaid(maxRetries) && { retry: { ...errorsOf(kept.retry), ...retryOf(form) } }),
    ...(isSaid(fallbackModel) && {
      fallback: { ...errorsOf(kept.fallback), fallback_model: fallbackModel.trim() },
    }),
  };
}

/** Error kinds are not edited here; those that stand are kept. */
function errorsOf(part: { on_errors?: string[] | null | undefined } | null | undefined) {
  return part?.on_errors == null ? {} : { on_errors: part.on_errors };
}

function retryOf(form: VersionForm) {
  const base = numberOrNull(form.baseSeconds);
  const most = numberOrNull(form.maxSeconds);
  return {
    max_retries: Number(form.maxRetries),
    backoff: form.backoff,
    ...(base !== null && { base_seconds: base }),
    ...(most !== null && { max_seconds: most }),
  };
}

function problemsOf(form: VersionForm): VersionProblems {
  const { steps, retries, delaySeconds, nameCharacters } = policyLimits;
  const isRetrying = form.maxRetries.trim() !== '';
  const problems: [keyof VersionForm, string | null][] = [
    ['model', tooLong(form.model, nameCharacters)],
    ['temperature', numberProblem(form.temperature, 0, 2)],
    ['maxTokens', wholeProblem(form.maxTokens, 1, 1_000_000_000)],
    ['prompt', promptProblem(form.prompt)],
    ['costUsd', amountProblem(form.costUsd)],
    ['steps', wholeProblem(form.steps, 0, steps)],
    ['maxRetries', wholeProblem(form.maxRetries, 1, retries)],
    ['baseSeconds', isRetrying ? numberProblem(form.baseSeconds, 0, delaySeconds) : null],
    ['maxSeconds', isRetrying ? numberProblem(form.maxSeconds, 0, delaySeconds) : null],
    ['fallbackModel', tooLong(form.fallbackModel, nameCharacters)],
  ];
  return Object.fromEntries(problems.filter(([, problem]) => problem !== null));
}

function promptProblem(text: string): string | null {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes <= promptBytes) return null;
  return `At most ${formatCount(promptBytes)} bytes; it has ${formatCount(bytes)}`;
}

function amountProblem(text: string): string | null {
  const amount = amountOf(text);
  if (amount === '' || /^\d{1,9}(?:\.\d{1,9})?$/.test(amount)) return null;
  return 'An amount of USD in digits, such as 0.50';
}

function amountOf(text: string): string {
  return text.trim().replace(/^\$\s*/, '');
}

function numberProblem(text: string, least: number, most: number): string | null {
  const number = numberOrNull(text);
  if (number === null || (number >= least && number <= most)) return null;
  return `A number of ${least} to ${formatCount(most)}`;
}

function wholeProblem(text: string, least: number, most: number): string | null {
  const number = numberOrNull(text);
  if (number === null || (Number.isInteger(number) && number >= least && number <= most)) {
    return null;
  }
  return `A whole number of ${least} to ${formatCount(most)}`;
}

function tooLong(text: string, most: number): string | null {
  return text.trim().length > most ? `At most ${most} characters` : null;
}

/** Null for nothing, NaN for what is no number. */
function numberOrNull(text: string): number | null {
  if (text.trim() === '') return null;
  return /^-?\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN;
}

function textOrNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}
