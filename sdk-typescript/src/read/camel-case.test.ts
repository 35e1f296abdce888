import { describe, expect, test } from 'vitest';
import { toCamelCase } from './camel-case.ts';

describe('toCamelCase()', () => {
  test('spells the keys of rows, however deep, and leaves values alone', () => {
    const row = {
      session_id: 'a_b',
      total_cost: 0.5,
      nested: [{ open_senders: 2, ended_at: null }],
    };
    expect(toCamelCase(row)).toEqual({
      sessionId: 'a_b',
      totalCost: 0.5,
      nested: [{ openSenders: 2, endedAt: null }],
    });
  });

  test('spells digits after an underscore too', () => {
    expect(toCamelCase({ cache_write_5m_tokens: 1 })).toEqual({ cacheWrite5mTokens: 1 });
  });

  test.each(['metrics', 'tags', 'metadata', 'data'])("keeps the user's own keys in %s", (name) => {
    const own = { my_key: { inner_key: 1 } };
    expect(toCamelCase({ [name]: own })).toEqual({ [name]: own });
  });

  test.each([null, 5, 'a_b', true])('leaves %j as it is', (value) => {
    expect(toCamelCase(value)).toBe(value);
  });
});
