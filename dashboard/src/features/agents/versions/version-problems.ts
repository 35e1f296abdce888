import { ApiError } from '../../../lib/api/api-error.ts';
import type { VersionForm, VersionProblems } from './version-form.ts';

const fields: Readonly<Record<string, keyof VersionForm>> = {
  model: 'model',
  temperature: 'temperature',
  max_tokens: 'maxTokens',
  system_prompt: 'prompt',
  'guardrails.cost_limit_usd': 'costUsd',
  'guardrails.max_steps': 'steps',
  'guardrails.retry': 'maxRetries',
  'guardrails.retry.max_retries': 'maxRetries',
  'guardrails.retry.backoff': 'backoff',
  'guardrails.retry.base_seconds': 'baseSeconds',
  'guardrails.retry.max_seconds': 'maxSeconds',
  'guardrails.fallback': 'fallbackModel',
  'guardrails.fallback.fallback_model': 'fallbackModel',
};

/** What the server said against a version: at its fields, and what belongs to none. */
export interface VersionRefusal {
  readonly fields: VersionProblems;
  readonly rest: string | null;
}

/** Sorts a refusal to the fields it is about; the first problem of a field is told. */
export function versionRefusal(error: unknown): VersionRefusal {
  if (error === null) return { fields: {}, rest: null };
  if (!(error instanceof ApiError)) return { fields: {}, rest: String(error) };
  const placed = error.fields.flatMap(({ path, message }) => {
    const field = fields[path];
    return field === undefined ? [] : [[field, message] as const];
  });
  const isPlaced = placed.length > 0 && placed.length === error.fields.length;
  return {
    fields: Object.fromEntries(placed.toReversed()),
    rest: isPlaced ? null : error.message,
  };
}
