import { describe, expect, test } from 'vitest';
import { runtimeConfig } from './runtime-config.ts';

const content = {
  model: 'gpt-5',
  temperature: 0,
  maxTokens: null,
  systemPrompt: '',
  guardrails: { max_steps: 4 },
};

describe('runtimeConfig()', () => {
  test('is what the active version sets, each field with its source (A4)', () => {
    expect(runtimeConfig({ agentId: 'alpha', number: 3, createdAtMs: 5, content })).toEqual({
      llm: { model: 'gpt-5', temperature: 0, system_prompt: '' },
      sources: { model: 'version:3', temperature: 'version:3', system_prompt: 'version:3' },
    });
  });

  test('is nothing without an active version (A4)', () => {
    expect(runtimeConfig(null)).toEqual({ llm: {}, sources: {} });
  });
});
