import {
  DummyDriver,
  Kysely,
  sql,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type RawBuilder,
} from 'kysely';
import type { Flavour } from './flavour.ts';

/** A piece of SQL with its values. */
export type Sql = RawBuilder<unknown>;

/** Runs queries on one engine. Ids come back as the engine keeps them. */
export interface Runner {
  /** Rows with integers as bigint: for sums. */
  all<Row>(query: Sql): Promise<Row[]>;
  /** Rows with integers as numbers: for rows of a table, whose money is read as text. Half the time of {@link all}. */
  rows<Row>(query: Sql): Promise<Row[]>;
  /** A condition that is true until the read has taken too long; `key` is a row's integer key. */
  inTime(key: Sql): Sql;
  /** What this engine says in words of its own. */
  readonly flavour: Flavour;
  /** A UUID as the engine keeps it. */
  id(uuid: string): unknown;
  /** What the engine keeps as a UUID. */
  uuid(value: unknown): string;
}

const compiler = new Kysely<never>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

/** A query as SQLite takes it: text and values. */
export function compileForSqlite(query: Sql): CompiledQuery {
  return query.compile(compiler);
}

const postgresCompiler = new Kysely<never>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

/** A query as PostgreSQL takes it. */
export function compileForPostgres(query: Sql): CompiledQuery {
  return query.compile(postgresCompiler);
}

/** Conditions that must all hold. */
export function allOf(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
}

/** Lengths that lists of values are filled up to, so that few statements stand for all lists. */
const listLengths = [1, 10, 50, 200, 500, 1_000];

/** Values for `in (…)`, at most {@link valuesInList}; filled up with the last one, which changes nothing. */
export function listOfValues(values: readonly unknown[]): Sql {
  const length = listLengths.find((one) => one >= values.length) ?? values.length;
  const filled = Array.from({ length }, (_, index) => values[index] ?? values.at(-1) ?? null);
  return sql.join(filled);
}

/** Values put into one list; more are read in several steps. */
export const valuesInList = 1_000;

/** The first row, or undefined. */
export async function firstRow<Row>(runner: Runner, query: Sql): Promise<Row | undefined> {
  const [row] = await runner.all<Row>(query);
  return row;
}

/** A value that may be absent, as a number. */
export function toNumber(value: bigint | number | null | undefined): number {
  return Number(value ?? 0);
}
