import { arrayText, type ColumnType } from './values.ts';

/** A column of a set of rows. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

/** Rows as a table in SQL, with the values that stand for them. */
export interface RowSet {
  /** `unnest($1::uuid[], …) AS v (id, …)`. */
  readonly from: string;
  readonly values: readonly string[];
}

/** Rows as one array a column, so that a statement is the same text for any number of them. */
export function unnest(
  columns: readonly Column[],
  rows: readonly (readonly unknown[])[],
  firstParameter = 1,
): RowSet {
  const arrays = columns.map(({ type }, index) => `$${firstParameter + index}::${type}[]`);
  const names = columns.map(({ name }) => name);
  return {
    from: `unnest(${arrays.join(', ')}) AS v (${names.join(', ')})`,
    values: columns.map((_, index) => arrayText(rows.map((row) => row[index]))),
  };
}

/** Columns of one type. */
export function columnsOf(type: ColumnType, names: readonly string[]): Column[] {
  return names.map((name) => ({ name, type }));
}
