import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nilUuid, uuidV5 } from './uuid-v5.ts';

const dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';

describe('uuidV5()', () => {
  test('makes the example of RFC 9562, A.4 (P7)', () => {
    expect(uuidV5(dns, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
  });

  test('takes names in any script', () => {
    expect(uuidV5(nilUuid, 'trace:Grenze-ä-東京-😀:1:limit')).toBe(
      'c88ba293-1985-580c-81a4-23cf3dee3eb7',
    );
  });

  test('has the form of version 5, and is the same for the same name only', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.string(), fc.string(), (namespace, one, other) => {
        const id = uuidV5(namespace, one);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(uuidV5(namespace, other) === id).toBe(one === other);
      }),
    );
  });
});
