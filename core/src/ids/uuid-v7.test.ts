import { array, assert, integer, property, tuple, uint8Array } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { uuidV7, uuidV7After, uuidV7Time, type UuidV7State } from './uuid-v7.ts';

const form = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const tenBytes = uint8Array({ minLength: 10, maxLength: 10 });
const someTime = integer({ min: 0, max: 2 ** 48 - 1 });

describe('uuidV7()', () => {
  test('lays out the example of RFC 9562, A.6 (S1)', () => {
    const random = Uint8Array.from([0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f, 0x0c, 0xc3]);
    expect(uuidV7(0x017f22e279b0, random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
  });

  test('pads early times and keeps the highest one', () => {
    const zeros = new Uint8Array(10);
    expect(uuidV7(1, zeros)).toBe('00000000-0001-7000-8000-000000000000');
    expect(uuidV7(2 ** 48 - 1, new Uint8Array(10).fill(255))).toBe(
      'ffffffff-ffff-7fff-bfff-ffffffffffff',
    );
  });

  test('has the form of version 7 and gives its time back, for every input', () => {
    assert(
      property(someTime, tenBytes, (timeMs, random) => {
        const id = uuidV7(timeMs, random);
        expect(id).toMatch(form);
        expect(uuidV7Time(id)).toBe(timeMs);
      }),
    );
  });
});

describe('uuidV7After()', () => {
  test('counts up within one millisecond', () => {
    const random = new Uint8Array(10);
    const first = uuidV7After(null, 5, random);
    const second = uuidV7After(first.state, 5, random);
    expect(first.id).toBe('00000000-0005-7000-8000-000000000000');
    expect(second.id).toBe('00000000-0005-7001-8000-000000000000');
  });

  test('takes the next millisecond when the counter is full', () => {
    const next = uuidV7After({ timeMs: 5, counter: 4095 }, 5, new Uint8Array(10));
    expect(next.state).toEqual({ timeMs: 6, counter: 0 });
  });

  test('rises strictly, whatever the clock does', () => {
    assert(
      property(array(tuple(someTime, tenBytes), { minLength: 2 }), (steps) => {
        let state: UuidV7State | null = null;
        let before = '';
        for (const [timeMs, random] of steps) {
          const made = uuidV7After(state, timeMs, random);
          expect(made.id > before).toBe(true);
          expect(made.id).toMatch(form);
          state = made.state;
          before = made.id;
        }
      }),
    );
  });
});

describe('uuidV7Time()', () => {
  test('is null for other text', () => {
    expect(uuidV7Time('017f22e2-79b0-4cc3-98c4-dc0c0c07398f')).toBe(null);
    expect(uuidV7Time('')).toBe(null);
  });
});
