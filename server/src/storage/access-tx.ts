import type {
  AuditEntry,
  BrowserSessionRow,
  KeyRow,
  OnceRow,
  OrganisationRow,
  PersonRow,
  SignInLinkRow,
  ViewRow,
} from './access-rows.ts';

/** When keys, people and browsers were last used, gathered over a minute. */
export interface LastUses {
  readonly keys: readonly { readonly orgId: string; readonly id: string; readonly atMs: number }[];
  readonly browserSessions: readonly { readonly tokenHash: string; readonly atMs: number }[];
}

/** Writes that concern organisations, keys, people and what they save. Hashes are SHA-256 in hex. */
export interface AccessTx {
  firstOrganisation(): Promise<OrganisationRow | null>;
  insertOrganisation(row: OrganisationRow): Promise<void>;

  insertKey(row: KeyRow, hash: string): Promise<void>;
  findKey(orgId: string, id: string): Promise<KeyRow | null>;
  revokeKey(orgId: string, id: string, atMs: number): Promise<void>;

  insertPerson(row: PersonRow): Promise<void>;
  findPerson(orgId: string, id: string): Promise<PersonRow | null>;
  findPersonByName(orgId: string, name: string): Promise<PersonRow | null>;
  /** The oldest admin who is not revoked: the one the first start made, as long as there is one. */
  firstAdmin(orgId: string): Promise<PersonRow | null>;
  revokePerson(orgId: string, id: string, atMs: number): Promise<void>;

  insertSignInLink(row: SignInLinkRow): Promise<void>;
  findSignInLink(tokenHash: string): Promise<SignInLinkRow | null>;
  useSignInLink(tokenHash: string, atMs: number): Promise<void>;

  insertBrowserSession(row: BrowserSessionRow): Promise<void>;
  findBrowserSession(tokenHash: string): Promise<BrowserSessionRow | null>;
  deleteBrowserSession(tokenHash: string): Promise<void>;
  deleteBrowserSessionsOf(orgId: string, holderId: string): Promise<void>;
  /** Removes browser sessions last used before the moment, and links that ran out before it. */
  deleteExpiredSignIns(beforeMs: number): Promise<void>;
  noteLastUses(uses: LastUses): Promise<void>;

  countViews(orgId: string, holderId: string): Promise<number>;
  insertView(row: ViewRow): Promise<void>;
  findView(orgId: string, holderId: string, id: string): Promise<ViewRow | null>;
  deleteView(orgId: string, holderId: string, id: string): Promise<void>;

  insertAudit(entry: AuditEntry): Promise<void>;

  findOnce(orgId: string, keyHash: string): Promise<OnceRow | null>;
  insertOnce(row: OnceRow): Promise<void>;
  deleteOnceBefore(createdBeforeMs: number): Promise<void>;
}
