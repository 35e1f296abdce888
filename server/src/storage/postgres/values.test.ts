import { describe, expect, test } from 'vitest';
import { uuidBlob } from '../sqlite/uuid-blob.ts';
import { arrayText, bigintTypes, numberTypes, parameter } from './values.ts';

const id = '01990000-0000-7000-8000-0000000000f1';

describe('parameter()', () => {
  test('gives ids as text, money to the last digit', () => {
    expect(parameter(uuidBlob(id))).toBe(id);
    expect(parameter(9_007_199_254_740_993n)).toBe('9007199254740993');
    expect(parameter(1.5)).toBe(1.5);
    expect(parameter(null)).toBe(null);
  });

  test('leaves hashes as bytes, and puts a mark where text has a NUL', () => {
    const hash = Buffer.alloc(32, 7);
    expect(parameter(hash)).toBe(hash);
    expect(parameter('a\0b')).toBe('a\uFFFDb');
  });
});

describe('arrayText()', () => {
  test('quotes text, and nothing else', () => {
    const values = ['a', 'say "no"', 'back\\slash', 'NULL', '', null, 1, 2n, uuidBlob(id)];
    expect(arrayText(values)).toBe(`{"a","say \\"no\\"","back\\\\slash","NULL","",NULL,1,2,${id}}`);
    expect(arrayText([])).toBe('{}');
    expect(arrayText([Buffer.from('ab')])).toBe('{"\\\\x6162"}');
  });
});

test('types are read as numbers or as bigint', () => {
  const int8 = 20;
  expect(numberTypes.getTypeParser(int8)('12')).toBe(12);
  expect(bigintTypes.getTypeParser(int8)('9007199254740993')).toBe(9_007_199_254_740_993n);
  expect(bigintTypes.getTypeParser(701)('0.5')).toBe(0.5);
  expect(bigintTypes.getTypeParser(2950)(id)).toEqual(uuidBlob(id));
  expect(bigintTypes.getTypeParser(17)('\\x0aff')).toEqual(Buffer.from([10, 255]));
  expect(bigintTypes.getTypeParser(25)('text')).toBe('text');
});
