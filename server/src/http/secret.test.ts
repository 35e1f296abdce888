import { assert, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { keyPrefix, newApiKey, newToken, seal, unseal } from './secret.ts';

test('newApiKey() and newToken() never repeat and have 256 bits', () => {
  const made = Array.from({ length: 100 }, () => [newApiKey(), newToken()]).flat();
  expect(new Set(made).size).toBe(200);
  for (const text of made) expect(text).toMatch(/^(nk_)?[\w-]{43}$/);
  expect(keyPrefix('nk_0123456789')).toBe('nk_01234567');
});

test('unseal() reads what seal() wrote with the same key, and nothing else', () => {
  assert(
    property(string(), string({ minLength: 1 }), (text, key) => {
      const sealed = seal(text, key);
      expect(unseal(sealed, key)).toBe(text);
      expect(() => unseal(sealed, `${key}x`)).toThrow();
    }),
    { numRuns: 50 },
  );
  expect(seal('same', 'key')).not.toBe(seal('same', 'key'));
});
