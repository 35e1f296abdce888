import type { AccessReader } from '../access-reader.ts';
import type { AuditEntry, BrowserSessionHolder } from '../access-rows.ts';
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

interface AuditColumns {
  org_id: Buffer;
  id: Buffer;
  at: number;
  actor: string;
  action: string;
  target: string;
  before: string | null;
  after: string | null;
}

interface BrowserSessionColumns {
  token_hash: Buffer;
  org_id: Buffer;
  person_id: Buffer;
  created_at: number;
  last_used_at: number;
}

/**
 * The access reads, the same text on every engine but for one: `tagged` gives the ids of sessions by organisation,
 * key and value of a tag, and a limit.
 */
export function accessReads(db: Statements, tagged: string): AccessReader {
  return { ...identities(db), ...lists(db), ...sessionFacts(db, tagged) };
}

type Part<Names extends keyof AccessReader> = Pick<AccessReader, Names>;

function identities(db: Statements): Part<'organisation' | 'keyByHash' | 'browserSession'> {
  const organisation = db.prepare<OrganisationColumns>(
    'SELECT id, name, created_at FROM organisations WHERE id = ?',
  );
  const keyByHash = db.prepare<KeyColumns>(`SELECT ${keyColumns} FROM api_keys WHERE hash = ?`);
  const findHolder = holderLookup(db);
  return {
    async organisation(id) {
      const row = await organisation.get(uuidBlob(id));
      return row === undefined ? null : organisationOf(row);
    },
    async keyByHash(hash) {
      const row = await keyByHash.get(Buffer.from(hash, 'hex'));
      return row === undefined ? null : keyOf(row);
    },
    async browserSession(tokenHash) {
      return findHolder(Buffer.from(tokenHash, 'hex'));
    },
  };
}

function lists(db: Statements): Part<'keys' | 'people' | 'views' | 'audit'> {
  const keys = db.prepare<KeyColumns>(
    `SELECT ${keyColumns} FROM api_keys WHERE org_id = ? ORDER BY created_at, id LIMIT ?`,
  );
  const people = db.prepare<PersonColumns>(
    `SELECT ${personColumns} FROM people WHERE org_id = ? ORDER BY created_at, id LIMIT ?`,
  );
  const views = db.prepare<ViewColumns>(
    `SELECT ${viewColumns} FROM views WHERE org_id = ? AND person_id = ? ORDER BY name, id LIMIT ?`,
  );
  const audit = db.prepare<AuditColumns>(
    `SELECT org_id, id, at, actor, action, target, before, after FROM audit
     WHERE org_id = ? AND (at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT ?`,
  );
  return {
    async keys(orgId, limit) {
      return (await keys.all(uuidBlob(orgId), limit)).map(keyOf);
    },
    async people(orgId, limit) {
      return (await people.all(uuidBlob(orgId), limit)).map(personOf);
    },
    async views(orgId, holderId, limit) {
      return (await views.all(uuidBlob(orgId), uuidBlob(holderId), limit)).map(viewOf);
    },
    async audit(orgId, after, limit) {
      const id = after === null ? Buffer.alloc(16) : uuidBlob(after.id);
      const atMs = after?.atMs ?? Number.MAX_SAFE_INTEGER;
      return (await audit.all(uuidBlob(orgId), atMs, id, limit)).map(auditOf);
    },
  };
}

function sessionFacts(
  db: Statements,
  tagged: string,
): Part<'hasSessions' | 'sessionIdsByTag' | 'revision' | 'lostRecords'> {
  const anySession = db.prepare<unknown>('SELECT 1 FROM sessions WHERE org_id = ? LIMIT 1');
  const byTag = db.prepare<{ id: Uint8Array }>(tagged);
  const revision = db.prepare<{ revision: number }>(
    'SELECT revision FROM organisations WHERE id = ?',
  );
  const lost = db.prepare<{ reason: string; lost: number }>(
    'SELECT reason, sum(lost) AS lost FROM lost_records WHERE org_id = ? GROUP BY reason',
  );
  return {
    async lostRecords(orgId) {
      const rows = await lost.all(uuidBlob(orgId));
      return Object.fromEntries(rows.map(({ reason, lost: count }) => [reason, count]));
    },
    async hasSessions(orgId) {
      return (await anySession.get(uuidBlob(orgId))) !== undefined;
    },
    async sessionIdsByTag(orgId, key, value, limit) {
      const rows = await byTag.all(uuidBlob(orgId), key, value, limit);
      return rows.map((row) => uuidText(row.id));
    },
    async revision(orgId) {
      return (await revision.get(uuidBlob(orgId)))?.revision ?? 0;
    },
  };
}

function holderLookup(db: Statements): (hash: Buffer) => Promise<BrowserSessionHolder | null> {
  const session = db.prepare<BrowserSessionColumns>(
    'SELECT token_hash, org_id, person_id, created_at, last_used_at FROM browser_sessions WHERE token_hash = ?',
  );
  const person = db.prepare<PersonColumns>(
    `SELECT ${personColumns} FROM people WHERE org_id = ? AND id = ?`,
  );
  const key = db.prepare<KeyColumns>(
    `SELECT ${keyColumns} FROM api_keys WHERE org_id = ? AND id = ?`,
  );
  return async (hash) => {
    const row = await session.get(hash);
    if (row === undefined) return null;
    const personRow = await person.get(row.org_id, row.person_id);
    const keyRow = personRow === undefined ? await key.get(row.org_id, row.person_id) : undefined;
    return {
      session: {
        tokenHash: row.token_hash.toString('hex'),
        orgId: uuidText(row.org_id),
        holderId: uuidText(row.person_id),
        createdAtMs: row.created_at,
        lastUsedAtMs: row.last_used_at,
      },
      person: personRow === undefined ? null : personOf(personRow),
      key: keyRow === undefined ? null : keyOf(keyRow),
    };
  };
}

function auditOf(row: AuditColumns): AuditEntry {
  return {
    orgId: uuidText(row.org_id),
    id: uuidText(row.id),
    atMs: row.at,
    actor: row.actor,
    action: row.action,
    target: row.target,
    before: row.before,
    after: row.after,
  };
}
