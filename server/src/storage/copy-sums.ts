import { rowsCopied, type CopyKind, type CopyTable, type TableSums } from './copy-store.ts';

/** What engines say in different words where a table is summed. */
export interface SumDialect {
  kindOf(table: string, column: string): CopyKind;
  /** Bytes of a text as PostgreSQL keeps it. */
  bytesOf(column: string): string;
  /** A fraction as a whole number of 1/1024. */
  wholeOf(column: string): string;
}

/**
 * One row with the number of rows, of values in each column, and sums: of integers by their upper and lower bits, which
 * never run over; of texts by their length in bytes.
 */
export function sumsSql({ name, columns }: CopyTable, dialect: SumDialect): string {
  const figures = columns.flatMap((column) => {
    const at = `t.${column}`;
    const count = `count(${at}) AS ${column}`;
    const sum = (value: string, part: string) => `coalesce(sum(${value}), 0) AS ${column}_${part}`;
    switch (dialect.kindOf(name, column)) {
      case 'integer':
        return [count, sum(`${at} >> 20`, 'high'), sum(`${at} & 1048575`, 'low')];
      case 'real':
        return [count, sum(dialect.wholeOf(at), 'sum')];
      case 'text':
        return [count, sum(dialect.bytesOf(at), 'bytes')];
      case 'bytes':
        return [count];
    }
  });
  const where = rowsCopied[name] === undefined ? '' : `WHERE ${rowsCopied[name]}`;
  return `SELECT count(*) AS row_count, ${figures.join(', ')} FROM ${name} AS t ${where}`;
}

/** The row as figures by name. */
export function sumsFrom(row: Readonly<Record<string, unknown>> | undefined): TableSums {
  return Object.fromEntries(
    Object.entries(row ?? {}).map(([name, value]) => [name, String(value)]),
  );
}

/** Columns that both engines keep in the row itself: what they find with the session is in neither's sums. */
export function summedTable(
  table: CopyTable,
  source: readonly string[],
  target: readonly string[],
): CopyTable {
  const columns = table.columns.filter((one) => source.includes(one) && target.includes(one));
  return { name: table.name, columns };
}
