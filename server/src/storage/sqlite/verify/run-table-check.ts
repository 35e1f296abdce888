import type { Connection } from '../connection.ts';
import { compareFields, type Report } from './difference.ts';
import type { TableCheck } from './table-checks.ts';

/** Reports every row of a check whose stored figures are not the recomputed ones; a row missing on one side is 0. */
export function runTableCheck(db: Connection, check: TableCheck, report: Report): void {
  const rows = db.prepare<[], Row>(checkSql(check)).safeIntegers().iterate();
  for (const row of rows) {
    const subject = check.key.map((name) => keyText(row[name])).join(' ');
    const pick = (side: string) =>
      Object.fromEntries(check.fields.map((name) => [name, row[`${side}_${name}`] ?? 0n]));
    compareFields(report, check.name, subject, pick('stored'), pick('recomputed'));
  }
}

type Row = Readonly<Record<string, unknown>>;

/** Both sides stacked and summed by key: one pass each, and no join that could drop a row of either. */
function checkSql({ key, fields, stored, recomputed }: TableCheck): string {
  const keys = key.join(', ');
  const side = (name: string, query: string, isStored: number) =>
    `SELECT ${keys}, ${isStored} AS is_stored, ${fields.join(', ')} FROM (${query}) AS ${name}`;
  const figures = fields.flatMap((name) => [
    `max(CASE WHEN is_stored = 1 THEN ${name} END) AS stored_${name}`,
    `max(CASE WHEN is_stored = 0 THEN ${name} END) AS recomputed_${name}`,
  ]);
  const differ = fields.map(
    (name) => `coalesce(stored_${name}, 0) IS NOT coalesce(recomputed_${name}, 0)`,
  );
  return `SELECT * FROM (
      SELECT ${keys}, ${figures.join(', ')} FROM (
        ${side('one', stored, 1)} UNION ALL ${side('other', recomputed, 0)}
      ) GROUP BY ${keys}
    ) WHERE ${differ.join(' OR ')}`;
}

function keyText(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value);
}
