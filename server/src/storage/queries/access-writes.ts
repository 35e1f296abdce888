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
} from '../sqlite/access-row.ts';
import type { Statements } from './statements.ts';
import { uuidBlob, uuidText } from '../sqlite/uuid-blob.ts';

const purgeLimit = 500;

/** The access writes within one transaction, the same text on every engine. */
export function accessWrites(db: Statements): AccessTx {
  return { ...organisations(db), ...keys(db), ...people(db), ...signIns(db), ...records(db) };
}

type Part<Names extends keyof AccessTx> = Pick<AccessTx, Names>;

function organisations(db: Statements): Part<'firstOrganisation' | 'insertOrganisation'> {
  const first = db.prepare<OrganisationColumns>(
    'SELECT id, name, created_at FROM organisations ORDER BY created_at, id LIMIT 1',
  );
  const insert = db.prepare('INSERT INTO organisations (id, name, created_at) VALUES (?, ?, ?)');
  return {
    async firstOrganisation() {
      const row = await first.get();
      return row === undefined ? null : organisationOf(row);
    },
    async insertOrganisation(row) {
      await insert.run(uuidBlob(row.id), row.name, row.createdAtMs);
    },
  };
}

function keys(db: Statements): Part<'insertKey' | 'findKey' | 'revokeKey'> {
  const insert = db.prepare(
    `INSERT INTO api_keys (${keyColumns}, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const find = db.prepare<KeyColumns>(
    `SELECT ${keyColumns} FROM api_keys WHERE org_id = ? AND id = ?`,
  );
  const revoke = db.prepare('UPDATE api_keys SET revoked_at = ? WHERE org_id = ? AND id = ?');
  return {
    async insertKey(row, hash) {
      await insert.run(
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
      const row = await find.get(uuidBlob(orgId), uuidBlob(id));
      return row === undefined ? null : keyOf(row);
    },
    async revokeKey(orgId, id, atMs) {
      await revoke.run(atMs, uuidBlob(orgId), uuidBlob(id));
    },
  };
}

function people(
  db: Statements,
): Part<'insertPerson' | 'findPerson' | 'findPersonByName' | 'firstAdmin' | 'revokePerson'> {
  const insert = db.prepare(`INSERT INTO people (${personColumns}) VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const find = db.prepare<PersonColumns>(
    `SELECT ${personColumns} FROM people WHERE org_id = ? AND id = ?`,
  );
  const byName = db.prepare<PersonColumns>(
    `SELECT ${personColumns} FROM people WHERE org_id = ? AND name = ? AND revoked_at IS NULL
     ORDER BY created_at, id LIMIT 1`,
  );
  const admin = db.prepare<PersonColumns>(
    `SELECT ${personColumns} FROM people WHERE org_id = ? AND role = 'admin' AND revoked_at IS NULL
     ORDER BY created_at, id LIMIT 1`,
  );
  const revoke = db.prepare('UPDATE people SET revoked_at = ? WHERE org_id = ? AND id = ?');
  const orNull = (row: PersonColumns | undefined) => (row === undefined ? null : personOf(row));
  return {
    async insertPerson(row) {
      await insert.run(
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
      return orNull(await find.get(uuidBlob(orgId), uuidBlob(id)));
    },
    async findPersonByName(orgId, name) {
      return orNull(await byName.get(uuidBlob(orgId), name));
    },
    async firstAdmin(orgId) {
      return orNull(await admin.get(uuidBlob(orgId)));
    },
    async revokePerson(orgId, id, atMs) {
      await revoke.run(atMs, uuidBlob(orgId), uuidBlob(id));
    },
  };
}

function signIns(
  db: Statements,
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

function links(db: Statements): Part<'insertSignInLink' | 'findSignInLink' | 'useSignInLink'> {
  const insert = db.prepare(
    `INSERT INTO sign_in_links (token_hash, org_id, person_id, created_at, expires_at, used_at)
     VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const find = db.prepare<LinkColumns>('SELECT * FROM sign_in_links WHERE token_hash = ?');
  const use = db.prepare('UPDATE sign_in_links SET used_at = ? WHERE token_hash = ?');
  return {
    async insertSignInLink(row) {
      const hash = Buffer.from(row.tokenHash, 'hex');
      const person = uuidBlob(row.personId);
      await insert.run(
        hash,
        uuidBlob(row.orgId),
        person,
        row.createdAtMs,
        row.expiresAtMs,
        row.usedAtMs,
      );
    },
    async findSignInLink(tokenHash) {
      const row = await find.get(Buffer.from(tokenHash, 'hex'));
      return row === undefined ? null : linkOf(row);
    },
    async useSignInLink(tokenHash, atMs) {
      await use.run(atMs, Buffer.from(tokenHash, 'hex'));
    },
  };
}

function browserSessions(
  db: Statements,
): Part<
  'insertBrowserSession' | 'findBrowserSession' | 'deleteBrowserSession' | 'deleteBrowserSessionsOf'
> {
  const insert = db.prepare(
    `INSERT INTO browser_sessions (token_hash, org_id, person_id, created_at, last_used_at)
     VALUES (?, ?, ?, ?, ?)`,
  );
  const find = db.prepare<BrowserColumns>('SELECT * FROM browser_sessions WHERE token_hash = ?');
  const remove = db.prepare('DELETE FROM browser_sessions WHERE token_hash = ?');
  const removeAll = db.prepare('DELETE FROM browser_sessions WHERE org_id = ? AND person_id = ?');
  return {
    async insertBrowserSession(row) {
      const hash = Buffer.from(row.tokenHash, 'hex');
      const holder = uuidBlob(row.holderId);
      await insert.run(hash, uuidBlob(row.orgId), holder, row.createdAtMs, row.lastUsedAtMs);
    },
    async findBrowserSession(tokenHash) {
      const row = await find.get(Buffer.from(tokenHash, 'hex'));
      return row === undefined ? null : browserSessionOf(row);
    },
    async deleteBrowserSession(tokenHash) {
      await remove.run(Buffer.from(tokenHash, 'hex'));
    },
    async deleteBrowserSessionsOf(orgId, holderId) {
      await removeAll.run(uuidBlob(orgId), uuidBlob(holderId));
    },
  };
}

function expiry(db: Statements): Part<'deleteExpiredSignIns' | 'noteLastUses'> {
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
      await oldSessions.run(beforeMs);
      await oldLinks.run(beforeMs);
    },
    async noteLastUses(uses) {
      for (const { orgId, id, atMs } of uses.keys)
        await useKey.run(atMs, uuidBlob(orgId), uuidBlob(id));
      for (const { tokenHash, atMs } of uses.browserSessions) {
        const hash = Buffer.from(tokenHash, 'hex');
        await useSession.run(atMs, hash);
        await seePerson.run(atMs, hash);
      }
    },
  };
}

function records(
  db: Statements,
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

function views(db: Statements): Part<'countViews' | 'insertView' | 'findView' | 'deleteView'> {
  const count = db.prepare<{ value: number }>(
    'SELECT count(*) AS value FROM views WHERE org_id = ? AND person_id = ?',
  );
  const insert = db.prepare(`INSERT INTO views (${viewColumns}) VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const find = db.prepare<ViewColumns>(
    `SELECT ${viewColumns} FROM views WHERE org_id = ? AND person_id = ? AND id = ?`,
  );
  const remove = db.prepare('DELETE FROM views WHERE org_id = ? AND person_id = ? AND id = ?');
  return {
    async countViews(orgId, holderId) {
      return (await count.get(uuidBlob(orgId), uuidBlob(holderId)))?.value ?? 0;
    },
    async insertView(row) {
      const holder = uuidBlob(row.holderId);
      const org = uuidBlob(row.orgId);
      await insert.run(
        org,
        uuidBlob(row.id),
        holder,
        row.page,
        row.name,
        row.query,
        row.createdAtMs,
      );
    },
    async findView(orgId, holderId, id) {
      const row = await find.get(uuidBlob(orgId), uuidBlob(holderId), uuidBlob(id));
      return row === undefined ? null : viewOf(row);
    },
    async deleteView(orgId, holderId, id) {
      await remove.run(uuidBlob(orgId), uuidBlob(holderId), uuidBlob(id));
    },
  };
}

function auditLog(db: Statements): Part<'insertAudit'> {
  const insert = db.prepare(
    `INSERT INTO audit (org_id, id, at, actor, action, target, before, after)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return {
    async insertAudit(entry) {
      await insert.run(
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

function once(db: Statements): Part<'findOnce' | 'insertOnce' | 'deleteOnceBefore'> {
  const find = db.prepare<OnceColumns>(
    'SELECT * FROM idempotency_keys WHERE org_id = ? AND key = ?',
  );
  const insert = db.prepare(
    `INSERT INTO idempotency_keys (org_id, key, body_hash, status, answer, created_at)
     VALUES (?, ?, ?, 200, ?, ?) ON CONFLICT (org_id, key) DO UPDATE SET
       body_hash = excluded.body_hash, answer = excluded.answer, created_at = excluded.created_at`,
  );
  const purge = db.prepare(
    `DELETE FROM idempotency_keys WHERE (org_id, key) IN
     (SELECT org_id, key FROM idempotency_keys WHERE created_at < ? LIMIT ${purgeLimit})`,
  );
  return {
    async findOnce(orgId, keyHash) {
      const row = await find.get(uuidBlob(orgId), keyHash);
      return row === undefined ? null : onceOf(row);
    },
    async insertOnce(row) {
      const body = Buffer.from(row.bodyHash, 'hex');
      await insert.run(uuidBlob(row.orgId), row.keyHash, body, row.answer, row.createdAtMs);
    },
    async deleteOnceBefore(createdBeforeMs) {
      await purge.run(createdBeforeMs);
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
