import type { KeyRow, OrganisationRow, PersonRow, Scope, ViewRow } from '../access-rows.ts';
import { uuidText } from './uuid-blob.ts';

export interface OrganisationColumns {
  id: Buffer;
  name: string;
  created_at: number;
}

export interface KeyColumns {
  org_id: Buffer;
  id: Buffer;
  name: string;
  prefix: string;
  scopes: string;
  created_at: number;
  last_used_at: number | null;
  revoked_at: number | null;
}

export interface PersonColumns {
  org_id: Buffer;
  id: Buffer;
  name: string;
  role: 'read' | 'admin';
  created_at: number;
  last_seen_at: number | null;
  revoked_at: number | null;
}

export interface ViewColumns {
  org_id: Buffer;
  id: Buffer;
  person_id: Buffer;
  page: string;
  name: string;
  query: string;
  created_at: number;
}

export const keyColumns = 'org_id, id, name, prefix, scopes, created_at, last_used_at, revoked_at';
export const personColumns = 'org_id, id, name, role, created_at, last_seen_at, revoked_at';
export const viewColumns = 'org_id, id, person_id, page, name, query, created_at';

export function organisationOf(row: OrganisationColumns): OrganisationRow {
  return { id: uuidText(row.id), name: row.name, createdAtMs: row.created_at };
}

export function keyOf(row: KeyColumns): KeyRow {
  return {
    orgId: uuidText(row.org_id),
    id: uuidText(row.id),
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes.split(',').filter(isScope),
    createdAtMs: row.created_at,
    lastUsedAtMs: row.last_used_at,
    revokedAtMs: row.revoked_at,
  };
}

export function personOf(row: PersonColumns): PersonRow {
  return {
    orgId: uuidText(row.org_id),
    id: uuidText(row.id),
    name: row.name,
    role: row.role,
    createdAtMs: row.created_at,
    lastSeenAtMs: row.last_seen_at,
    revokedAtMs: row.revoked_at,
  };
}

export function viewOf(row: ViewColumns): ViewRow {
  return {
    orgId: uuidText(row.org_id),
    id: uuidText(row.id),
    holderId: uuidText(row.person_id),
    page: row.page,
    name: row.name,
    query: row.query,
    createdAtMs: row.created_at,
  };
}

function isScope(text: string): text is Scope {
  return text === 'ingest' || text === 'read' || text === 'admin';
}
