import fc from 'fast-check';
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

  test('names the source of each field it has, and of no other (A4)', () => {
    const text = fc.option(fc.string({ maxLength: 3 }), { nil: null });
    const some = fc.record({
      model: text,
      temperature: fc.option(fc.constantFrom(0, 0.5, 2), { nil: null }),
      maxTokens: fc.option(fc.integer({ min: 1 }), { nil: null }),
      systemPrompt: text,
    });
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 999 }), (fields, number) => {
        const version = { agentId: 'a', number, createdAtMs: 0 };
        const content = { ...fields, guardrails: {} };
        const { llm, sources } = runtimeConfig({ ...version, content });
        expect(Object.keys(sources)).toEqual(Object.keys(llm));
        const set = Object.values(fields).filter((value) => value !== null);
        expect(Object.values(llm)).toEqual(set);
        expect(new Set(Object.values(sources)).size).toBe(set.length === 0 ? 0 : 1);
      }),
    );
  });
});

test.each(Array.from({ length: 16 }, (_, bits) => bits))(
  'runtimeConfig() names exactly the fields that are set, with their source: case %i of 16 (A4)',
  (bits) => {
    const fields = ['model', 'temperature', 'max_tokens', 'system_prompt'];
    const set = fields.filter((_, at) => (bits >> at) % 2 === 1);
    const given = <T>(name: string, value: T) => (set.includes(name) ? value : null);
    const some = {
      model: given('model', ''),
      temperature: given('temperature', 0),
      maxTokens: given('max_tokens', 1),
      systemPrompt: given('system_prompt', ' \n'),
      guardrails: {},
    };
    const { llm, sources } = runtimeConfig({
      agentId: 'alpha',
      number: 12,
      createdAtMs: 5,
      content: some,
    });
    const values = { model: '', temperature: 0, max_tokens: 1, system_prompt: ' \n' };
    expect(llm).toEqual(
      Object.fromEntries(Object.entries(values).filter(([name]) => set.includes(name))),
    );
    expect(sources).toEqual(Object.fromEntries(set.map((name) => [name, 'version:12'])));
  },
);
