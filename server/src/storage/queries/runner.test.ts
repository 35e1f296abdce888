import fc from 'fast-check';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import {
  allOf,
  compileForPostgres,
  compileForSqlite,
  listOfValues,
  toNumber,
  valuesInList,
} from './runner.ts';

describe('listOfValues()', () => {
  const valuesOf = (values: readonly unknown[]) =>
    compileForSqlite(sql`select 1 in (${listOfValues(values)})`).parameters;

  test('holds the same values, filled up to one of few lengths (storage)', () => {
    const lengths = new Set<number>();
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(), { minLength: 1, maxLength: valuesInList }), (values) => {
        const listed = valuesOf(values);
        expect(listed.slice(0, values.length)).toEqual(values);
        expect(new Set(listed)).toEqual(new Set(values));
        lengths.add(listed.length);
      }),
    );
    expect(lengths.size).toBeLessThanOrEqual(6);
  });

  test('without a value holds null, which equals nothing: no engine takes an empty list', () => {
    expect(valuesOf([])).toEqual([null]);
  });
});

describe('allOf()', () => {
  const textOf = (...parts: string[]) =>
    compileForSqlite(allOf(parts.map((part) => sql.raw(part)))).sql;

  test('joins conditions, and is true without any', () => {
    expect(textOf()).toBe('true');
    expect(textOf('a = 1')).toBe('a = 1');
    expect(textOf('a = 1', 'b = 2', 'c = 3')).toBe('a = 1 and b = 2 and c = 3');
  });
});

test('a query is compiled for either engine, its values apart from its text', () => {
  const query = sql`select * from ${sql.ref('s.id')} where a = ${"'; drop table"} and b = ${7n}`;
  const values = ["'; drop table", 7n];
  expect(compileForSqlite(query)).toMatchObject({
    sql: 'select * from "s"."id" where a = ? and b = ?',
    parameters: values,
  });
  expect(compileForPostgres(query)).toMatchObject({
    sql: 'select * from "s"."id" where a = $1 and b = $2',
    parameters: values,
  });
});

test('toNumber() takes what either engine gives, and nothing as 0', () => {
  expect([5n, 5, null, undefined].map(toNumber)).toEqual([5, 5, 0, 0]);
});
