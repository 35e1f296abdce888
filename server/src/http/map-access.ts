import type { ApiKey, AuditRow, Person, View } from '@niitaka/protocol/access.ts';
import type { AuditEntry, KeyRow, PersonRow, ViewRow } from '../storage/access-rows.ts';

/** A key as the wire carries it. */
export function keyToWire(row: KeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: [...row.scopes],
    created_at: timeToWire(row.createdAtMs),
    last_used_at: timeToWireOrNull(row.lastUsedAtMs),
    revoked_at: timeToWireOrNull(row.revokedAtMs),
  };
}

/** A person as the wire carries them. */
export function personToWire(row: PersonRow): Person {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    created_at: timeToWire(row.createdAtMs),
    last_seen_at: timeToWireOrNull(row.lastSeenAtMs),
    revoked_at: timeToWireOrNull(row.revokedAtMs),
  };
}

/** A saved view as the wire carries it. */
export function viewToWire(row: ViewRow): View {
  const { id, name, page, query } = row;
  return { id, name, page, query, created_at: timeToWire(row.createdAtMs) };
}

/** A row of the audit log as the wire carries it. */
export function auditToWire(entry: AuditEntry): AuditRow {
  const { id, actor, action, target } = entry;
  const before = entry.before === null ? null : JSON.parse(entry.before);
  const after = entry.after === null ? null : JSON.parse(entry.after);
  return { id, at: timeToWire(entry.atMs), actor, action, target, before, after };
}

/** A moment as RFC 3339 in UTC with milliseconds. */
export function timeToWire(ms: number): string {
  const secondMs = Math.floor(ms / 1000) * 1000;
  if (secondMs !== lastSecondMs) {
    lastSecond = new Date(secondMs).toISOString().slice(0, -4);
    lastSecondMs = secondMs;
  }
  return `${lastSecond}${String(Math.floor(ms - secondMs)).padStart(3, '0')}Z`;
}

// Times of one row and of its neighbours mostly lie in few seconds; formatting a date is slow.
let lastSecondMs = Number.NaN;
let lastSecond = '';

/** As {@link timeToWire}, for a moment that may be absent. */
export function timeToWireOrNull(ms: number | null): string | null {
  return ms === null ? null : timeToWire(ms);
}
