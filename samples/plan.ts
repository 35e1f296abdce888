/** One run of a sample agent, written down: what it does, in which order, and how long each thing takes. */
export interface Run {
  readonly agentId: string;
  readonly goal: string;
  readonly agentVersion: string;
  readonly userId?: string;
  readonly conversationId?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
  /** Outcome, in the wire's words; null: the process dies on the way and nobody closes the session. */
  readonly metrics: Readonly<Record<string, number | boolean>> | null;
}

/** One thing that a run does. */
export type Step =
  | ModelCall
  | ToolCall
  | Failure
  | {
      readonly does: 'decide';
      readonly choice: string;
      readonly options: readonly string[];
      readonly reason: string;
    }
  | { readonly does: 'log'; readonly message: string }
  | { readonly does: 'wait'; readonly seconds: number }
  /** Runs of other agents, all at once; the step ends with the last of them. */
  | { readonly does: 'delegate'; readonly runs: readonly Run[] };

/** A call of a model that answered. */
export interface ModelCall {
  readonly does: 'call';
  readonly seconds: number;
  readonly model: ModelName;
  readonly prompt: string;
  readonly answer: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens?: number;
}

/** A call of a tool that answered. */
export interface ToolCall {
  readonly does: 'use';
  readonly seconds: number;
  readonly tool: string;
  readonly input: Json;
  readonly output: Json;
}

/** A call of a model or tool that failed; the run goes on. */
export interface Failure {
  readonly does: 'fail';
  readonly seconds: number;
  readonly kind: 'rate_limit' | 'timeout' | 'not_found' | 'exception' | 'context_length';
  readonly message: string;
  readonly exceptionType?: string;
  readonly tool?: string;
  readonly model?: ModelName;
  readonly attempt?: number;
}

/** What a tool takes and gives. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/** Models of the sample agents. */
export type ModelName = keyof typeof providers;

/** Who serves each model. */
export const providers = {
  'gpt-5': 'openai',
  'gpt-5-mini': 'openai',
  'gpt-4o-mini': 'openai',
  'claude-sonnet-4-5': 'anthropic',
  'gemini-2.5-flash': 'google',
  'house-reranker-1': 'self-hosted',
} as const;

/** The one model without a public price: its calls show as unpriced. */
export const unpricedModel = 'house-reranker-1' satisfies ModelName;

/** Marks every session of a sample agent, so that all of them can be told and removed. */
export const sampleTag = { sample: 'true' } as const;

/** `data` of the event that a model call leaves, in the wire's words. */
export function modelCallData(step: ModelCall): Record<string, Json> {
  return {
    provider: providers[step.model],
    model: step.model,
    input_tokens: step.inputTokens,
    output_tokens: step.outputTokens,
    cache_read_tokens: step.cachedTokens ?? 0,
    finish_reason: 'stop',
    time_to_first_token_ms: Math.round(step.seconds * 350),
    input: [{ role: 'user', content: step.prompt }],
    output: step.answer,
  };
}

/** `data` of the error event that a failed call leaves, in the wire's words. */
export function failureData(step: Failure): Record<string, Json> {
  const model =
    step.model === undefined ? {} : { model: step.model, provider: providers[step.model] };
  const exception = step.exceptionType === undefined ? {} : { exception_type: step.exceptionType };
  const { kind, message, attempt = 1 } = step;
  return { kind, message, attempt, retryable: kind !== 'exception', ...model, ...exception };
}

/** Seconds that a step takes, delegated runs included. */
export function stepSeconds(step: Step): number {
  if (step.does === 'delegate') return Math.max(0, ...step.runs.map(runSeconds));
  return 'seconds' in step ? step.seconds : 0;
}

/** Seconds that a whole run takes. */
export function runSeconds(run: Run): number {
  return run.steps.reduce((sum, step) => sum + stepSeconds(step), 0);
}

/** The value at a turn of a list that begins again after its end. */
export function atTurn<T>(values: readonly T[], turn: number): T {
  const value = values[turn % values.length];
  if (value === undefined) throw new Error('a sample list is empty');
  return value;
}
