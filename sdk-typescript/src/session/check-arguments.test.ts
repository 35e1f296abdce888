import { describe, expect, test } from 'vitest';
import { checkUuid, entriesOf, isObject, readTime, refused, show } from './check-arguments.ts';
import { isInstance } from './is-instance.ts';

class Ticket {
  readonly id = 7;
}

const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

describe('show()', () => {
  test.each([
    ['text', '"text"'],
    ['with "quotes"\n', '"with \\"quotes\\"\\n"'],
    ['x'.repeat(100), `"${'x'.repeat(56)}...`],
    [5, '5'],
    [Number.NaN, 'NaN'],
    [10n, '10'],
    [true, 'true'],
    [null, 'null'],
    [undefined, 'undefined'],
    [Symbol('s'), 'Symbol(s)'],
    [[1], 'a list'],
    [{}, 'an object'],
    [Object.create(null), 'an object'],
    [new Date(0), 'a Date'],
    [new Map(), 'a Map'],
    [new Ticket(), 'a Ticket'],
    [() => 1, 'a function'],
  ])('tells %o', (value, text) => {
    expect(show(value)).toBe(text);
  });

  test('tells what cannot be read as such', () => {
    expect(show(revoked())).toBe('what cannot be read');
  });

  test('cuts on the border of a character', () => {
    expect(show('🗻'.repeat(100))).toBe(`"${'🗻'.repeat(56)}...`);
  });
});

describe('the checks', () => {
  test('refused() says name, wanted and found', () => {
    expect(refused('goal', 'text', 5)).toEqual(new TypeError('goal must be text: got 5'));
  });

  test.each(['0198C7A0-0000-7000-8000-00000000000A', '00000000-0000-0000-0000-000000000000'])(
    'checkUuid() takes %s',
    (value) => expect(() => checkUuid(value, 'id')).not.toThrow(),
  );

  test.each([
    '',
    'x',
    '0198c7a0-0000-7000-8000-00000000000',
    '{0198c7a0-0000-7000-8000-00000000000a}',
  ])('checkUuid() refuses %j', (value) =>
    expect(() => checkUuid(value, 'id')).toThrow('id must be a UUID: got "'),
  );

  test.each([
    [new Date(1500), 1500],
    [1500, 1500],
    [0, 0],
    [253_402_300_799_999, 253_402_300_799_999],
  ])('readTime() reads %o', (value, ms) => {
    expect(readTime(value, 'at')).toBe(ms);
  });

  test.each([new Date(Number.NaN), Number.POSITIVE_INFINITY, 253_402_300_800_000])(
    'readTime() refuses %o',
    (value) => expect(() => readTime(value, 'at')).toThrow('at must be a Date or milliseconds'),
  );

  test('isObject() is for what has keys', () => {
    expect([{}, new Map(), revoked()].map(isObject)).toEqual([true, true, true]);
    expect([null, undefined, [], 'x', 5, () => 1].some(isObject)).toBe(false);
  });

  test('entriesOf() of what cannot be read are none', () => {
    expect(entriesOf({ a: 1 })).toEqual([['a', 1]]);
    expect(entriesOf(revoked())).toEqual([]);
  });

  test('isInstance() answers false for what refuses to be asked', () => {
    expect(isInstance(new RangeError('x'), Error)).toBe(true);
    expect(isInstance(revoked(), Error)).toBe(false);
    expect(isInstance(null, Error)).toBe(false);
  });
});
