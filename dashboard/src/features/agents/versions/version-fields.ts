import { formatCount, formatNoun } from '../../../lib/format-count.ts';
import { formatNanoUsdExact } from '../../../lib/format-money.ts';
import type { RetryGuardrail, VersionContent } from './version-content.ts';

/** One field of two versions in words; null where a version says nothing. */
export interface VersionField {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly changed: boolean;
}

/** Two versions field by field, all but the prompt; fields that neither has are left out (A3). */
export function versionFields(before: VersionContent, after: VersionContent): VersionField[] {
  const old = wordsOf(before);
  const now = wordsOf(after);
  return Object.keys(now)
    .map((field) => {
      const [one, other] = [old[field] ?? null, now[field] ?? null];
      return { field, before: one, after: other, changed: one !== other };
    })
    .filter((field) => field.before !== null || field.after !== null);
}

/** The names of the fields in which two versions differ, the prompt too. */
export function changedFields(before: VersionContent, after: VersionContent): string[] {
  const fields = versionFields(before, after)
    .filter(({ changed }) => changed)
    .map(({ field }) => field);
  const isPromptChanged = (before.system_prompt ?? '') !== (after.system_prompt ?? '');
  return isPromptChanged ? [...fields, 'Prompt'] : fields;
}

function wordsOf(version: VersionContent): Readonly<Record<string, string | null>> {
  const { guardrails } = version;
  return {
    Model: version.model,
    Temperature: version.temperature === null ? null : String(version.temperature),
    'Max tokens': version.max_tokens === null ? null : formatCount(version.max_tokens),
    'Cost limit': costWords(guardrails.cost_limit_usd),
    'Step limit':
      guardrails.max_steps == null ? null : `at ${formatNoun(guardrails.max_steps, 'step')}`,
    Retry: guardrails.retry == null ? null : retryWords(guardrails.retry),
    Fallback: guardrails.fallback == null ? null : guardrails.fallback.fallback_model,
  };
}

function costWords(usd: number | string | null | undefined): string | null {
  if (usd === null || usd === undefined) return null;
  return `above ${formatNanoUsdExact(BigInt(Math.round(Number(usd) * 1e9)))}`;
}

function retryWords(retry: RetryGuardrail): string {
  const { backoff = 'exponential', base_seconds: base = 1, max_seconds: most } = retry;
  const waits = `${backoff} from ${base} s${most == null ? '' : ` to ${most} s`}`;
  return `up to ${retry.max_retries} ×, ${waits}`;
}
