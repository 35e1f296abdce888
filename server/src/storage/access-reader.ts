import type {
  AuditEntry,
  BrowserSessionHolder,
  KeyRow,
  OrganisationRow,
  PersonRow,
  ViewRow,
} from './access-rows.ts';

/** Where the next page of the audit log begins: after this row, going back in time. */
export interface AuditCursor {
  readonly atMs: number;
  readonly id: string;
}

/** Reads that concern organisations, keys, people and what they save. Hashes are SHA-256 in hex. */
export interface AccessReader {
  organisation(id: string): Promise<OrganisationRow | null>;
  keyByHash(hash: string): Promise<KeyRow | null>;
  browserSession(tokenHash: string): Promise<BrowserSessionHolder | null>;
  /** Keys by age, revoked ones too, at most `limit`. */
  keys(orgId: string, limit: number): Promise<KeyRow[]>;
  people(orgId: string, limit: number): Promise<PersonRow[]>;
  views(orgId: string, holderId: string, limit: number): Promise<ViewRow[]>;
  /** The audit log, newest first. */
  audit(orgId: string, after: AuditCursor | null, limit: number): Promise<AuditEntry[]>;
  /** Whether any session ever arrived. */
  hasSessions(orgId: string): Promise<boolean>;
  /** Sessions that carry the tag, at most `limit`. */
  sessionIdsByTag(orgId: string, key: string, value: string, limit: number): Promise<string[]>;
  /** What processes lost before any session was known here, by reason. */
  lostRecords(orgId: string): Promise<Readonly<Record<string, number>>>;
  /** The last revision given to a change. */
  revision(orgId: string): Promise<number>;
}
