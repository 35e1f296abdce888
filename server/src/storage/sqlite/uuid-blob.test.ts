import fc from 'fast-check';
import { expect, test } from 'vitest';
import { uuidBlob, uuidBlobOrNull, uuidText, uuidTextOrNull } from './uuid-blob.ts';

test('uuidBlob() and uuidText() are each other’s opposite, in lower case', () => {
  fc.assert(
    fc.property(fc.uuid(), (uuid) => {
      const blob = uuidBlob(uuid);
      expect(blob).toEqual(Buffer.from(uuid.replaceAll('-', ''), 'hex'));
      expect(uuidBlob(uuid.toUpperCase())).toEqual(blob);
      expect(uuidText(blob)).toBe(uuid);
    }),
  );
});

test('an absent id stays absent', () => {
  expect(uuidBlobOrNull(null)).toBeNull();
  expect(uuidTextOrNull(null)).toBeNull();
});
