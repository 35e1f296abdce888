import type { BrowserSessionRow, OnceRow, SignInLinkRow } from '../access-rows.ts';
import type { AccessTx } from '../access-tx.ts';
import {
  keyColumns,
  keyOf,
  organisationOf,
  personColumns,
  personOf,
  viewColumns,
  viewOf,
  type KeyColumns,
  type OrganisationColumns,
  type PersonColumns,
  type ViewColumns,
} from './access-row.ts';
import type { Connection } from './connection.ts';
import { uuidBlob, uuidText } from './uuid-blob.ts';

const purgeLimit = 500;

/** The access writes on the writer's connection. */
export function sqliteAccessTx(db: Connection): AccessTx {
  return { ...organisations(db), ...keys(db), ...people(db), ...signIns(db), ...records(db) };
}

type Part<Names extends keyof AccessTx> = Pick<AccessTx, Names>;

function organisations(db: Connection): Part<'firstOrganisation' | 'insertOrganisation'> {
  const first = db.prepare<[], OrganisationColumns>(
    'SELECT id, name, created_at FROM organisations ORDER BY created_at, id LIMIT 1',
  );
  const insert = db.prepare('INSERT INTO organisations (id, name, created_at) VALUES (?, ?, ?)');
  return {
    async firstOrganisation() {
      const row = first.get();
      return row === undefined ? null : organisationOf(row);
    },
    async insertOrganisation(row) {
      insert.run(uuidBlob(row.id), row.name, row.createdAtMs);
    },
  };
}

function keys(db: Connection): Part<'insertKey' | 'findKey' | 'revokeKey'> {
  const insert = db.prepare(
    `INSERT INTO api_keys (${keyColumns}, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const find = db.prepare<[Buffer, Buffer], KeyColumns>(
    `SELECT ${keyColumns} FROM api_keys WHERE org_id = ? AND id = ?`,
  );
  const revoke = db.prepare('UPDATE api_keys SET revoked_at = ? WHERE org_id = ? AND id = ?');
  return {
    async insertKey(row, hash) {
      insert.run(
        uuidBlob(row.orgId),
        uuidBlob(row.id),
        row.name,
        row.prefix,
        row.scopes.join(','),
        row.createdAtMs,
        row.lastUsedAtMs,
        row.revokedAtMs,
        Buffer.from(hash, 'hex'),
      );
    },
    async findKey(orgId, id) {
      const row = find.get(uuidBlob(orgId), uuidBlob(id));
      return row === undefined ? null : keyOf(row);
    },
    async revokeKey(orgId, id, atMs) {
      revoke.run(atMs, uuidBlob(orgId), uuidBlob(id));
    },
  };
}

function people(
  db: Connection,
): Part<'insertPerson' | 'findPerson' | 'findPersonByName' | 'firstAdmin' | 'revokePerson'> {
  const insert = db.prepare(`INSERT INTO people (${personColumns}) VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const find = db.prepare<[Buffer, Buffer], PersonColumns>(
    `SELECT ${personColumns} FROM people WHERE org_id = ? AND id = ?`,
  );
  const byName = db.prepare<[Buffer, string], PersonColumns>(
    `SELECT ${personColumns} FROM people WHERE org_id = ? AND name = ? AND revoked_at IS NULL
     ORDER BY created_at, id LIMIT 1`,
  );
  const admin = db.prepare<[Buffer], PersonColumns>(
    `SELECT ${personColumns} FROM people WHERE org_id = ? AND role = 'admin' AND revoked_at IS NULL
     ORDER BY created_at, id LIMIT 1`,
  );
  const revoke = db.prepare('UPDATE people SET revoked_at = ? WHERE org_id = ? AND id = ?');
  const orNull = (row: PersonColumns | undefined) => (row === undefined ? null : personOf(row));
  return {
    async insertPerson(row) {
      insert.run(
        uuidBlob(row.orgId),
        uuidBlob(row.id),
        row.name,
        row.role,
        row.createdAtMs,
        row.lastSeenAtMs,
        row.revokedAtMs,
      );
    },
    async findPerson(orgId, id) {
      return orNull(find.get(uuidBlob(orgId), uuidBlob(id)));
    },
    async findPersonByName(orgId, name) {
      return orNull(byName.get(uuidBlob(orgId), name));
    },
    async firstAdmin(orgId) {
      return orNull(admin.get(uuidBlob(orgId)));
    },
    async revokePerson(orgId, id, atMs) {
      revoke.run(atMs, uuidBlob(orgId), uuidBlob(id));
    },
  };
}

function signIns(
  db: Connection,
): Part<
  | 'insertSignInLink'
  | 'findSignInLink'
  | 'useSignInLink'
  | 'insertBrowserSession'
  | 'findBrowserSession'
  | 'deleteBrowserSession'
  | 'deleteBrowserSessionsOf'
  | 'deleteExpiredSignIns'
  | 'noteLastUses'
> {
  return { ...links(db), ...browserSessions(db), ...expiry(db) };
}

function links(db: Connection): Part<'insertSignInLink' | 'findSignInLink' | 'useSignInLink'> {
  const insert = db.prepare(
    `INSERT INTO sign_in_links (token_hash, org_id, person_id, created_at, expires_at, used_at)
     VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const find = db.prepare<[Buffer], LinkColumns>(
    'SELECT * FROM sign_in_links WHERE token_hash = ?',
  );
  const use = db.prepare('UPDATE sign_in_links SET used_at = ? WHERE token_hash = ?');
  return {
    async insertSignInLink(row) {
      const hash = Buffer.from(row.tokenHash, 'hex');
      const person = uuidBlob(row.personId);
      insert.run(hash, uuidBlob(row.orgId), person, row.createdAtMs, row.expiresAtMs, row.usedAtMs);
    },
    async findSignInLink(tokenHash) {
      const row = find.get(Buffer.from(tokenHash, 'hex'));
      return row === undefined ? null : linkOf(row);
    },
    async useSignInLink(tokenHash, atMs) {
      use.run(atMs, Buffer.from(tokenHash, 'hex'));
    },
  };
}

function browserSessions(
  db: Connection,
): Part<
  'insertBrowserSession' | 'findBrowserSession' | 'deleteBrowserSession' | 'deleteBrowserSessionsOf'
> {
  const insert = db.prepare(
    `INSERT INTO browser_sessions (token_hash, org_id, person_id, created_at, last_used_at)
     VALUES (?, ?, ?, ?, ?)`,
  );
  const find = db.prepare<[Buffer], BrowserColumns>(
    'SELECT * FROM browser_sessions WHERE token_hash = ?',
  );
  const remove = db.prepare('DELETE FROM browser_sessions WHERE token_hash = ?');
  const removeAll = db.prepare('DELETE FROM browser_sessions WHERE org_id = ? AND person_id = ?');
  return {
    async insertBrowserSession(row) {
      const hash = Buffer.from(row.tokenHash, 'hex');
      const holder = uuidBlob(row.holderId);
      insert.run(hash, uuidBlob(row.orgId), holder, row.createdAtMs, row.lastUsedAtMs);
    },
    async findBrowserSession(tokenHash) {
      const row = find.get(Buffer.from(tokenHash, 'hex'));
      return row === undefined ? null : browserSessionOf(row);
    },
    async deleteBrowserSession(tokenHash) {
      remove.run(Buffer.from(tokenHash, 'hex'));
    },
    async deleteBrowserSessionsOf(orgId, holderId) {
      removeAll.run(uuidBlob(orgId), uuidBlob(holderId));
    },
  };
}

function expiry(db: Connection): Part<'deleteExpiredSignIns' | 'noteLastUses'> {
  const oldSessions = db.prepare('DELETE FROM browser_sessions WHERE last_used_at < ?');
  const oldLinks = db.prepare('DELETE FROM sign_in_links WHERE expires_at < ?');
  const useKey = db.prepare('UPDATE api_keys SET last_used_at = ? WHERE org_id = ? AND id = ?');
  const useSession = db.prepare(
    'UPDATE browser_sessions SET last_used_at = ? WHERE token_hash = ?',
  );
  const seePerson = db.prepare(
    `UPDATE people SET last_seen_at = ? WHERE (org_id, id) IN
     (SELECT org_id, person_id FROM browser_sessions WHERE token_hash = ?)`,
  );
  return {
    async deleteExpiredSignIns(beforeMs) {
      oldSessions.run(beforeMs);
      oldLinks.run(beforeMs);
    },
    async noteLastUses(uses) {
      for (const { orgId, id, atMs } of uses.keys) useKey.run(atMs, uuidBlob(orgId), uuidBlob(id));
      for (const { tokenHash, atMs } of uses.browserSessions) {
        const hash = Buffer.from(tokenHash, 'hex');
        useSession.run(atMs, hash);
        seePerson.run(atMs, hash);
      }
    },
  };
}

function records(
  db: Connection,
): Part<
  | 'countViews'
  | 'insertView'
  | 'findView'
  | 'deleteView'
  | 'insertAudit'
  | 'findOnce'
  | 'insertOnce'
  | 'deleteOnceBefore'
> {
  return { ...views(db), ...auditLog(db), ...once(db) };
}

function views(db: Connection): Part<'countViews' | 'insertView' | 'findView' | 'deleteView'> {
  const count = db
    .prepare<[Buffer, Buffer], number>(
      'SELECT count(*) FROM views WHERE org_id = ? AND person_id = ?',
    )
    .pluck();
  const insert = db.prepare(`INSERT INTO views (${viewColumns}) VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const find = db.prepare<[Buffer, Buffer, Buffer], ViewColumns>(
    `SELECT ${viewColumns} FROM views WHERE org_id = ? AND person_id = ? AND id = ?`,
  );
  const remove = db.prepare('DELETE FROM views WHERE org_id = ? AND person_id = ? AND id = ?');
  return {
    async countViews(orgId, holderId) {
      return count.get(uuidBlob(orgId), uuidBlob(holderId)) ?? 0;
    },
    async insertView(row) {
      const holder = uuidBlob(row.holderId);
      const org = uuidBlob(row.orgId);
      insert.run(org, uuidBlob(row.id), holder, row.page, row.name, row.query, row.createdAtMs);
    },
    async findView(orgId, holderId, id) {
      const row = find.get(uuidBlob(orgId), uuidBlob(holderId), uuidBlob(id));
      return row === undefined ? null : viewOf(row);
    },
    async deleteView(orgId, holderId, id) {
      remove.run(uuidBlob(orgId), uuidBlob(holderId), uuidBlob(id));
    },
  };
}

function auditLog(db: Connection): Part<'insertAudit'> {
  const insert = db.prepare(
    `INSERT INTO audit (org_id, id, at, actor, action, target, before, after)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return {
    async insertAudit(entry) {
      insert.run(
        uuidBlob(entry.orgId),
        uuidBlob(entry.id),
        entry.atMs,
        entry.actor,
        entry.action,
        entry.target,
        entry.before,
        entry.after,
      );
    },
  };
}

function once(db: Connection): Part<'findOnce' | 'insertOnce' | 'deleteOnceBefore'> {
  const find = db.prepare<[Buffer, string], OnceColumns>(
    'SELECT * FROM idempotency_keys WHERE org_id = ? AND key = ?',
  );
  const insert = db.prepare(
    `INSERT OR REPLACE INTO idempotency_keys (org_id, key, body_hash, status, answer, created_at)
     VALUES (?, ?, ?, 200, ?, ?)`,
  );
  const purge = db.prepare(
    `DELETE FROM idempotency_keys WHERE (org_id, key) IN
     (SELECT org_id, key FROM idempotency_keys WHERE created_at < ? LIMIT ${purgeLimit})`,
  );
  return {
    async findOnce(orgId, keyHash) {
      const row = find.get(uuidBlob(orgId), keyHash);
      return row === undefined ? null : onceOf(row);
    },
    async insertOnce(row) {
      const body = Buffer.from(row.bodyHash, 'hex');
      insert.run(uuidBlob(row.orgId), row.keyHash, body, row.answer, row.createdAtMs);
    },
    async deleteOnceBefore(createdBeforeMs) {
      purge.run(createdBeforeMs);
    },
  };
}

interface LinkColumns {
  token_hash: Buffer;
  org_id: Buffer;
  person_id: Buffer;
  created_at: number;
  expires_at: number;
  used_at: number | null;
}

interface BrowserColumns {
  token_hash: Buffer;
  org_id: Buffer;
  person_id: Buffer;
  created_at: number;
  last_used_at: number;
}

interface OnceColumns {
  org_id: Buffer;
  key: string;
  body_hash: Buffer;
  answer: string;
  created_at: number;
}

function linkOf(row: LinkColumns): SignInLinkRow {
  return {
    tokenHash: row.token_hash.toString('hex'),
    orgId: uuidText(row.org_id),
    personId: uuidText(row.person_id),
    createdAtMs: row.created_at,
    expiresAtMs: row.expires_at,
    usedAtMs: row.used_at,
  };
}

function browserSessionOf(row: BrowserColumns): BrowserSessionRow {
  return {
    tokenHash: row.token_hash.toString('hex'),
    orgId: uuidText(row.org_id),
    holderId: uuidText(row.person_id),
    createdAtMs: row.created_at,
    lastUsedAtMs: row.last_used_at,
  };
}

function onceOf(row: OnceColumns): OnceRow {
  return {
    orgId: uuidText(row.org_id),
    keyHash: row.key,
    bodyHash: row.body_hash.toString('hex'),
    answer: row.answer,
    createdAtMs: row.created_at,
  };
}
