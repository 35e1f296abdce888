import type { AgentVersion } from '@niitaka/protocol/agent.ts';

/** What a version says, without its number and how it came to be (A3). */
export type VersionContent = Pick<
  AgentVersion,
  'model' | 'temperature' | 'max_tokens' | 'system_prompt' | 'guardrails'
>;

/** How a version repeats failed calls. */
export type RetryGuardrail = NonNullable<VersionContent['guardrails']['retry']>;
