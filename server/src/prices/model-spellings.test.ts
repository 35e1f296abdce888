import { describe, expect, test } from 'vitest';
import { modelSpellings } from './model-spellings.ts';

function spelled(provider: string | null, model: string): string[] {
  return modelSpellings(provider, model).map((name) => `${name.provider ?? ''}|${name.model}`);
}

describe('modelSpellings()', () => {
  test.each([
    ['openai', 'gpt-5', ['openai|gpt-5']],
    [null, 'GPT-5', ['|gpt-5']],
    ['openai', 'gpt-4o-2024-08-06', ['openai|gpt-4o-2024-08-06', 'openai|gpt-4o']],
    [
      'bedrock',
      'eu.anthropic.claude-3-5-sonnet-20241022-v2:0',
      [
        'bedrock|eu.anthropic.claude-3-5-sonnet-20241022-v2:0',
        'bedrock|claude-3-5-sonnet-20241022',
        'bedrock|claude-3-5-sonnet',
      ],
    ],
    [null, 'openai/gpt-5', ['|openai/gpt-5', 'openai|gpt-5']],
    ['litellm', 'x_ai/grok-4', ['|x_ai/grok-4', 'x-ai|grok-4']],
    ['google', 'models/gemini-2.5-pro', ['google|models/gemini-2.5-pro', 'google|gemini-2.5-pro']],
    ['anthropic', 'claude-x@20250929', ['anthropic|claude-x@20250929', 'anthropic|claude-x']],
    ['', 'claude-x-20251301', ['|claude-x-20251301']],
  ])('of %s %s go from as sent to bare (C1)', (provider, model, expected) => {
    expect(spelled(provider, model)).toEqual(expected);
  });
});
