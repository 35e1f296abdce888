import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../testing/postgres-database.ts';
import { uuidBlob } from '../sqlite/uuid-blob.ts';
import { connectAtStart } from './connect.ts';
import { goalLexemes, lexemeQuery } from './goal-lexemes.ts';
import { columnsOf, unnest } from './unnest.ts';
import { openWork } from './work.ts';

type Client = Awaited<ReturnType<typeof connectAtStart>>;

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createDatabase();
  client = await connectAtStart(database.url);
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

const columns = [
  ...columnsOf('uuid', ['id']),
  ...columnsOf('text', ['body']),
  ...columnsOf('bigint', ['cost', 'count']),
  ...columnsOf('double precision', ['latency']),
];

const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    'NULL',
    '{}',
    '{"a",b}',
    '\\',
    '"',
    '\\"',
    "'",
    ' ',
    '\n',
    '東京',
    '\0',
    '\\0',
    '$1',
  ),
);

describe('unnest()', () => {
  test('gives the server exactly the values there are, money to the last digit (S6)', async () => {
    const row = fc.tuple(
      orNull(fc.uuid().map(uuidBlob)),
      orNull(texts),
      orNull(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
      orNull(fc.maxSafeInteger()),
      orNull(fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 8 }), async (rows) => {
        const { from, values } = unnest(columns, rows);
        const work = openWork(client);
        const found = await work.sums(`SELECT * FROM ${from}`, values);
        work.close();
        const expected = rows.map(([id, body, cost, count, latency]) => ({
          id,
          // PostgreSQL keeps no NUL in text.
          body: body?.replaceAll('\0', '\uFFFD') ?? null,
          cost,
          count: count === null ? null : BigInt(count),
          latency,
        }));
        expect(found).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  test('is the same statement for any number of rows, from any parameter on', () => {
    const ids = columnsOf('uuid', ['id']);
    const one = unnest(ids, [[null]], 3);
    expect(one.from).toBe('unnest($3::uuid[]) AS v (id)');
    expect(unnest(ids, [[null], [null], [null]], 3).from).toBe(one.from);
    expect(unnest(ids, []).values).toEqual(['{}']);
  });
});

describe('openWork()', () => {
  test('joins what is shared into one statement, each piece with values of its own', async () => {
    await client.query('CREATE TABLE shared (name text PRIMARY KEY, sum bigint)');
    const work = openWork(client);
    const piece = (name: string, sum: bigint) => ({
      text: 'INSERT INTO shared VALUES ($2, $1) RETURNING sum',
      values: [sum, name],
    });
    work.onFlushShared(() => [piece('first', 1n), piece('second', 2n ** 62n)]);
    work.onFlushShared(() => []);
    work.onFlushShared(() => [piece('third', 3n)]);
    work.shares('01990000-0000-7000-8000-0000000000f1');
    await client.query('BEGIN');
    await work.flush();
    await client.query('COMMIT');
    const rows = await work.sums('SELECT name, sum FROM shared ORDER BY sum');
    expect(rows).toEqual([
      { name: 'first', sum: 1n },
      { name: 'third', sum: 3n },
      { name: 'second', sum: 2n ** 62n },
    ]);
    work.close();
  });

  test('after its end refuses whatever comes, and an own write that fails fails the flush', async () => {
    const work = openWork(client);
    work.onFlush(() => work.run('SELECT 1 / 0'));
    work.onFlush(() => null);
    await expect(work.flush()).rejects.toThrow('division by zero');
    work.close();
    await expect(work.rows('SELECT 1')).rejects.toThrow('the transaction is over');
  });
});

describe('goalLexemes() and lexemeQuery()', () => {
  test('find a goal by the beginning of any of its words (S11)', async () => {
    const word = fc
      .array(fc.constantFrom(...'abcé契約7𝒶'), { minLength: 1, maxLength: 12 })
      .map((letters) => letters.join(''));
    await fc.assert(
      fc.asyncProperty(
        fc.array(word, { minLength: 1, maxLength: 5 }),
        word,
        async (words, other) => {
          const asks = [...words, other].map((one) => [...one].slice(0, 8).join(''));
          const found = await database.query(
            `SELECT q.text AS asked, array_to_tsvector(string_to_array($1, ' ')) @@ q.query::tsquery AS hit
           FROM unnest($2::text[], $3::text[]) AS q (text, query)`,
            [goalLexemes(words.join(' ')), asks, asks.map((one) => lexemeQuery([one]))],
          );
          const expected = asks.map((asked) => ({
            asked,
            hit: words.some((one) => one.startsWith(asked)),
          }));
          expect(found).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a goal without words has nothing in the index', () => {
    expect(goalLexemes('')).toBeNull();
    expect(goalLexemes('  ')).toBeNull();
    expect(goalLexemes('contractors contracts contract')).toBe('contract');
  });
});
