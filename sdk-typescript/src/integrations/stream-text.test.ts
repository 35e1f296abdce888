import { describe, expect, test } from 'vitest';
import { StreamText } from './stream-text.ts';

describe('StreamText', () => {
  test('puts pieces together, and passes over what is no text', () => {
    const text = new StreamText();
    expect(text.isEmpty).toBe(true);
    for (const piece of ['a', '', null, undefined, 7, { b: 1 }, 'c']) text.add(piece);
    expect([text.toString(), text.isEmpty]).toEqual(['ac', false]);
  });

  test('keeps no more than its limit', () => {
    const text = new StreamText();
    const piece = 'x'.repeat(1024 * 1024);
    for (let count = 0; count < 9; count += 1) text.add(piece);
    expect(text.toString().length).toBe(4 * 1024 * 1024);
  });
});
