import type { AgentVersion } from '@niitaka/protocol/agent.ts';

/** A draft as the API lists it, for tests. */
export function versionFixture(more: Partial<AgentVersion> = {}): AgentVersion {
  return {
    number: 1,
    state: 'draft',
    model: null,
    temperature: null,
    max_tokens: null,
    system_prompt: null,
    guardrails: {},
    author: 'Ann',
    created_at: '2026-11-20T10:00:00.000Z',
    activated_at: null,
    revision: 1,
    ...more,
  };
}
