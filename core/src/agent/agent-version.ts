/** Where a version stands: editable, in force, or kept (A3). */
export type VersionState = 'draft' | 'active' | 'archived';

/** How a failed call is repeated, as a policy of type `retry` names it (A4, P4). */
export interface RetryGuardrail {
  readonly on_errors?: readonly string[] | null | undefined;
  readonly max_retries: number;
  readonly backoff?: string | undefined;
  readonly base_seconds?: number | undefined;
  readonly max_seconds?: number | null | undefined;
}

/** The model to go on with, as a policy of type `fallback` names it (A4, P4). */
export interface FallbackGuardrail {
  readonly on_errors?: readonly string[] | null | undefined;
  readonly fallback_model: string;
}

/** What a version holds an agent to, as the wire names it (A4); absent and null are the same. */
export interface Guardrails {
  /** USD: a number, or decimal text. */
  readonly cost_limit_usd?: number | string | null | undefined;
  readonly max_steps?: number | null | undefined;
  readonly retry?: RetryGuardrail | null | undefined;
  readonly fallback?: FallbackGuardrail | null | undefined;
}

/** What a version says; null is not set (A3). */
export interface VersionContent {
  readonly model: string | null;
  readonly temperature: number | null;
  readonly maxTokens: number | null;
  readonly systemPrompt: string | null;
  readonly guardrails: Guardrails;
}

/** A version as far as what runs by it needs to know. */
export interface RunningVersion {
  readonly agentId: string;
  /** 1, 2, 3 … per agent. */
  readonly number: number;
  readonly createdAtMs: number;
  readonly content: VersionContent;
}
