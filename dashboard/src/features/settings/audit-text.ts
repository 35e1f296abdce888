import type { AuditRow } from '@niitaka/protocol/access.ts';

/** A change in one line: what is new, what went, or field by field from old to new. */
export function auditText(row: Pick<AuditRow, 'before' | 'after'>): string {
  const before = fieldsOf(row.before);
  const after = fieldsOf(row.after);
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .filter((name) => before[name] !== after[name])
    .map((name) => lineOf(name, before[name], after[name]))
    .join(', ');
}

function lineOf(name: string, before: string | undefined, after: string | undefined): string {
  if (before === undefined) return `${name}: ${after}`;
  return `${name}: ${before} → ${after ?? 'gone'}`;
}

function fieldsOf(value: unknown): Record<string, string> {
  if (value === null || value === undefined) return {};
  if (typeof value !== 'object') return { value: JSON.stringify(value) };
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      typeof field === 'string' ? field : JSON.stringify(field),
    ]),
  );
}
