import { columnsOf, unnest, type Column } from './unnest.ts';
import type { Work } from './work.ts';

type Amount = number | bigint;

/** Rows of sums in a table that many transactions add to. */
export interface SumTable {
  /** Adds to the row of a key; kept until it is written with all others. */
  add(orgId: Buffer, key: readonly unknown[], amounts: readonly Amount[]): void;
  /** The sums of what was added under keys that begin so, and is not written yet. */
  waiting(orgId: Buffer, begin: readonly unknown[]): readonly Amount[];
}

interface Row {
  readonly key: readonly unknown[];
  amounts: readonly Amount[];
}

/** A table whose rows are written in the order of their keys, so that no two transactions wait for each other. */
export function sumTable(
  work: Work,
  table: string,
  keys: readonly Column[],
  sums: readonly string[],
): SumTable {
  const rows = new Map<string, Row>();
  const columns = [...columnsOf('uuid', ['org_id']), ...keys, ...columnsOf('bigint', sums)];
  const names = columns.map(({ name }) => name);
  const added = sums.map((name) => `${name} = ${table}.${name} + excluded.${name}`);
  work.onFlushShared(() => {
    if (rows.size === 0) return [];
    const sorted = [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
    rows.clear();
    const { from, values } = unnest(
      columns,
      sorted.map(({ key, amounts }) => [...key, ...amounts]),
    );
    const text = `INSERT INTO ${table} (${names.join(', ')}) SELECT * FROM ${from}
       ON CONFLICT (${['org_id', ...keys.map(({ name }) => name)].join(', ')})
       DO UPDATE SET ${added.join(', ')}`;
    return [{ text, values }];
  });
  return {
    add(orgId, key, amounts) {
      const whole = [orgId, ...key];
      const name = whole.map(keyText).join('\n');
      const known = rows.get(name);
      if (known === undefined) rows.set(name, { key: whole, amounts });
      else known.amounts = known.amounts.map((amount, index) => plus(amount, amounts[index] ?? 0));
    },
    waiting(orgId, begin) {
      const name = `${[orgId, ...begin].map(keyText).join('\n')}\n`;
      let found: readonly Amount[] = sums.map(() => 0);
      for (const [key, { amounts }] of rows) {
        if (!`${key}\n`.startsWith(name)) continue;
        found = found.map((amount, index) => plus(amount, amounts[index] ?? 0));
      }
      return found;
    },
  };
}

function keyText(part: unknown): string {
  return part instanceof Uint8Array ? Buffer.from(part).toString('hex') : String(part);
}

function plus(one: Amount, other: Amount): Amount {
  return typeof one === 'number' && typeof other === 'number'
    ? one + other
    : BigInt(one) + BigInt(other);
}
