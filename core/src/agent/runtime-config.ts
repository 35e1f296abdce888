import type { RunningVersion } from './agent-version.ts';

/** What an agent's next call is made with; a field that nothing sets is absent (A4). */
export interface LlmConfig {
  readonly model?: string;
  readonly temperature?: number;
  readonly max_tokens?: number;
  readonly system_prompt?: string;
}

/** The config of a run and, for each field of it, where it comes from, such as `version:3` (A4). */
export interface RuntimeConfig {
  readonly llm: LlmConfig;
  readonly sources: Readonly<Record<string, string>>;
}

/** What an agent runs by: the fields that its active version sets; nothing without one (A4). */
export function runtimeConfig(active: RunningVersion | null): RuntimeConfig {
  if (active === null) return { llm: {}, sources: {} };
  const { model, temperature, maxTokens, systemPrompt } = active.content;
  const fields = {
    ...(model === null ? {} : { model }),
    ...(temperature === null ? {} : { temperature }),
    ...(maxTokens === null ? {} : { max_tokens: maxTokens }),
    ...(systemPrompt === null ? {} : { system_prompt: systemPrompt }),
  };
  const source = `version:${active.number}`;
  return {
    llm: fields,
    sources: Object.fromEntries(Object.keys(fields).map((name) => [name, source])),
  };
}
