/** What a key may do (O2). */
export type Scope = 'ingest' | 'read' | 'admin';

/** What a person may do on the pages (O3). */
export type Role = 'read' | 'admin';

export interface OrganisationRow {
  readonly id: string;
  readonly name: string;
  readonly createdAtMs: number;
}

/** One API key; its secret is known only by hash. */
export interface KeyRow {
  readonly orgId: string;
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: readonly Scope[];
  readonly createdAtMs: number;
  readonly lastUsedAtMs: number | null;
  readonly revokedAtMs: number | null;
}

export interface PersonRow {
  readonly orgId: string;
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly createdAtMs: number;
  readonly lastSeenAtMs: number | null;
  readonly revokedAtMs: number | null;
}

/** A one-time link by which a person signs in. */
export interface SignInLinkRow {
  readonly tokenHash: string;
  readonly orgId: string;
  readonly personId: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly usedAtMs: number | null;
}

/** A signed-in browser; its holder is a person, or the admin key that signed in. */
export interface BrowserSessionRow {
  readonly tokenHash: string;
  readonly orgId: string;
  readonly holderId: string;
  readonly createdAtMs: number;
  readonly lastUsedAtMs: number;
}

/** A signed-in browser with its holder as it stands now; both null when the holder is gone. */
export interface BrowserSessionHolder {
  readonly session: BrowserSessionRow;
  readonly person: PersonRow | null;
  readonly key: KeyRow | null;
}

/** A saved view of one holder. */
export interface ViewRow {
  readonly orgId: string;
  readonly id: string;
  readonly holderId: string;
  readonly page: string;
  readonly name: string;
  readonly query: string;
  readonly createdAtMs: number;
}

/** Who did what, with the state before and after as JSON text. */
export interface AuditEntry {
  readonly orgId: string;
  readonly id: string;
  readonly atMs: number;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** The first answer under an idempotency key; `keyHash` and `bodyHash` are SHA-256 in hex. */
export interface OnceRow {
  readonly orgId: string;
  readonly keyHash: string;
  readonly bodyHash: string;
  readonly answer: string;
  readonly createdAtMs: number;
}
