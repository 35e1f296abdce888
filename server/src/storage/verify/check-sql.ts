import { compareFields, type Report } from './difference.ts';
import type { TableCheck } from './table-checks.ts';

/** A row of a check: its key, and each figure as stored and as recomputed, integers as bigint. */
export type CheckRow = Readonly<Record<string, unknown>>;

/** Reports a row of {@link checkSql}; a row missing on one side is 0. */
export function reportCheckRow(check: TableCheck, row: CheckRow, report: Report): void {
  const pick = (side: string) =>
    Object.fromEntries(check.fields.map((name) => [name, row[`${side}_${name}`] ?? 0n]));
  const subject = subjectOf(check.key.map((name) => row[name]));
  compareFields(report, check.name, subject, pick('stored'), pick('recomputed'));
}

/** Every row whose stored figures are not the recomputed ones. Both sides are stacked and summed by key: one pass
 * each, and no join that could drop a row of either. */
export function checkSql({ key, fields, stored, recomputed }: TableCheck): string {
  const keys = key.join(', ');
  const side = (name: string, query: string, isStored: number) =>
    `SELECT ${keys}, ${isStored} AS is_stored, ${fields.join(', ')} FROM (${query}) AS ${name}`;
  const figures = fields.flatMap((name) => [
    `max(CASE WHEN is_stored = 1 THEN ${name} END) AS stored_${name}`,
    `max(CASE WHEN is_stored = 0 THEN ${name} END) AS recomputed_${name}`,
  ]);
  const differ = fields.map(
    (name) => `coalesce(stored_${name}, 0) <> coalesce(recomputed_${name}, 0)`,
  );
  return `SELECT * FROM (
      SELECT ${keys}, ${figures.join(', ')} FROM (
        ${side('one', stored, 1)} UNION ALL ${side('other', recomputed, 0)}
      ) AS stacked GROUP BY ${keys}
    ) AS compared WHERE ${differ.join(' OR ')}`;
}

/** Names a row by the parts of its key. */
export function subjectOf(key: readonly unknown[]): string {
  return key
    .map((part) => (part instanceof Uint8Array ? Buffer.from(part).toString('hex') : String(part)))
    .join(' ');
}
