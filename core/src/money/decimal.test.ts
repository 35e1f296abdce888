import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decimalText,
  divideHalfEven,
  maxDecimalCharacters,
  maxDecimalExponent,
  parseDecimal,
  scaledToInteger,
} from './decimal.ts';

const text = (value: number | string) => {
  const decimal = parseDecimal(value);
  return decimal === null ? null : decimalText(decimal);
};

describe('parseDecimal()', () => {
  test.each([
    [0.1, '0.1'],
    [1e-7, '0.0000001'],
    [5e-324, `0.${'0'.repeat(323)}5`],
    [1e21, `1${'0'.repeat(21)}`],
    [-2.5, '-2.5'],
    [-0, '0'],
    ['1.50', '1.5'],
    ['1E+3', '1000'],
    ['.5', '0.5'],
    ['5.', '5'],
    [' 7 ', '7'],
    ['+7', '7'],
    ['000.000', '0'],
    ['12300e-2', '123'],
    ['0e400', '0'],
  ])('reads %j as %s (C1)', (value, expected) => {
    expect(text(value)).toBe(expected);
  });

  test.each([
    Number.NaN,
    Infinity,
    -Infinity,
    '',
    '.',
    'e5',
    '-',
    '1,5',
    '0x10',
    '1e',
    '1e1.5',
    '1 2',
    'Infinity',
    '١',
    `1e${maxDecimalExponent + 1}`,
    '1e-9999999',
    '1'.repeat(maxDecimalCharacters + 1),
  ])('refuses %j', (value) => {
    expect(parseDecimal(value)).toBeNull();
  });

  test('reads a text at each limit', () => {
    expect(text('1'.repeat(maxDecimalCharacters))).toBe('1'.repeat(maxDecimalCharacters));
    expect(text(`1e${maxDecimalExponent}`)).toBe(`1${'0'.repeat(maxDecimalExponent)}`);
    expect(text(Number.MAX_VALUE)?.length).toBe(309);
  });

  test('keeps every double: its text reads back as the same number (C1)', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(Number(text(number))).toBe(number === 0 ? 0 : number);
      }),
    );
  });

  test('is the same for every spelling of one number', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.integer({ min: -50, max: 50 }), (coefficient, exponent) => {
        const plain = text(`${coefficient}e${exponent}`);
        expect(plain).toBe(text(`${coefficient}0e${exponent - 1}`));
        expect(plain).toBe(text(plain ?? ''));
      }),
    );
  });
});

describe('scaledToInteger()', () => {
  test.each([
    ['1.5', 0, 2n],
    ['2.5', 0, 2n],
    ['2.500000001', 0, 3n],
    ['-1.5', 0, -2n],
    ['-2.5', 0, -2n],
    ['0.0000000005', 9, 0n],
    ['0.0000000015', 9, 2n],
    ['12', 3, 12_000n],
    ['1e-400', 9, 0n],
  ])('scales %s by 10^%i to %s', (value, places, expected) => {
    const decimal = parseDecimal(value);
    expect(decimal === null ? null : scaledToInteger(decimal, places)).toBe(expected);
  });

  test('is exact where nothing is cut', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.nat(30), (coefficient, scale) => {
        const decimal = parseDecimal(`${coefficient}e-${scale}`);
        expect(decimal === null ? null : scaledToInteger(decimal, scale)).toBe(coefficient);
      }),
    );
  });
});

describe('divideHalfEven()', () => {
  test.each([
    [1n, 2n, 0n],
    [3n, 2n, 2n],
    [5n, 2n, 2n],
    [-1n, 2n, 0n],
    [-3n, 2n, -2n],
    [7n, 3n, 2n],
    [8n, 3n, 3n],
    [0n, 9n, 0n],
  ])('%s / %s is %s', (numerator, denominator, expected) => {
    expect(divideHalfEven(numerator, denominator)).toBe(expected);
  });

  test('is never further than half, and even at exactly half', () => {
    fc.assert(
      fc.property(
        fc.bigInt(),
        fc.bigInt({ min: 1n, max: 10n ** 20n }),
        (numerator, denominator) => {
          const quotient = divideHalfEven(numerator, denominator);
          const error = numerator - quotient * denominator;
          const twice = (error < 0n ? -error : error) * 2n;
          expect(twice <= denominator).toBe(true);
          if (twice === denominator) expect(quotient % 2n).toBe(0n);
        },
      ),
    );
  });
});
