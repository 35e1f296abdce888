import type { StoredSession } from '../session-tx.ts';
import type { Sql } from './runner.ts';

/** What engines say in different words. Everything else in a query is the same text. */
export interface Flavour {
  /**
   * Whether sessions and what hangs on them lie on several nodes. There a row is compared with those of its own session;
   * others, and the tables that are not spread, are asked first and given as a list.
   */
  readonly isSpread: boolean;
  /** The column by which rows belong to a session, and the column of `sessions` that it holds. */
  readonly owner: { readonly column: string; readonly of: string };
  /** The value of that column for a session, and as a name to find the session by. */
  ownerOf(stored: StoredSession): unknown;
  ownerName(value: unknown): string;
  /** The value that a name stands for. */
  ownerFrom(name: string): unknown;
  /** That rows are of an organisation, where their owner alone does not say so. */
  within(alias: string, orgId: string): Sql;

  /** Sessions as `s` whose goal has words that begin so, and by what they are in the order of arrival. */
  hits(orgId: string, words: readonly string[]): Sql;
  readonly arrival: Sql;
  /** The newest of them, at most `limit`, as `s`. */
  newestHits(orgId: string, words: readonly string[], limit: number): Sql;
  /** A row for each of them, at most `limit`. */
  countedHits(orgId: string, words: readonly string[], limit: number): Sql;
  /** The greatest number of arrival given out, as `key`. */
  newestArrival(orgId: string): Sql;

  /** A join that keeps the order of its first part where the engine would else choose. */
  readonly join: Sql;
  /** That a query which gives 1 or nothing gives 1, asked for each row that everything else leaves. */
  finds(query: Sql): Sql;
  /** Names an index to the planner. */
  by(index: string): Sql;
  /** Text found within text, and `like` without regard to case. */
  contains(text: Sql, part: string): Sql;
  readonly like: Sql;
  /** Keys and values of a JSON object as rows `key`, `value`. */
  pairs(json: Sql, alias: string): Sql;
  /** A whole number within JSON text by its key. */
  numberIn(json: Sql, key: Sql): Sql;
  greater(one: Sql, other: Sql): Sql;
  /** An id in a place that does not say so by itself. */
  id(value: unknown): Sql;
}
