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
} from './access-row.ts';
import type { Connection } from './connection.ts';
import { uuidBlob, uuidText } from './uuid-blob.ts';

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

/** The access reads on one connection. */
export function sqliteAccessReader(db: Connection): AccessReader {
  return { ...identities(db), ...lists(db), ...sessionFacts(db) };
}

type Part<Names extends keyof AccessReader> = Pick<AccessReader, Names>;

function identities(db: Connection): Part<'organisation' | 'keyByHash' | 'browserSession'> {
  const organisation = db.prepare<[Buffer], OrganisationColumns>(
    'SELECT id, name, created_at FROM organisations WHERE id = ?',
  );
  const keyByHash = db.prepare<[Buffer], KeyColumns>(
    `SELECT ${keyColumns} FROM api_keys WHERE hash = ?`,
  );
  const findHolder = holderLookup(db);
  return {
    async organisation(id) {
      const row = organisation.get(uuidBlob(id));
      return row === undefined ? null : organisationOf(row);
    },
    async keyByHash(hash) {
      const row = keyByHash.get(Buffer.from(hash, 'hex'));
      return row === undefined ? null : keyOf(row);
    },
    async browserSession(tokenHash) {
      return findHolder(Buffer.from(tokenHash, 'hex'));
    },
  };
}

function lists(db: Connection): Part<'keys' | 'people' | 'views' | 'audit'> {
  const keys = db.prepare<[Buffer, number], KeyColumns>(
    `SELECT ${keyColumns} FROM api_keys WHERE org_id = ? ORDER BY created_at, id LIMIT ?`,
  );
  const people = db.prepare<[Buffer, number], PersonColumns>(
    `SELECT ${personColumns} FROM people WHERE org_id = ? ORDER BY created_at, id LIMIT ?`,
  );
  const views = db.prepare<[Buffer, Buffer, number], ViewColumns>(
    `SELECT ${viewColumns} FROM views WHERE org_id = ? AND person_id = ? ORDER BY name, id LIMIT ?`,
  );
  const audit = db.prepare<[Buffer, number, Buffer, number], AuditColumns>(
    `SELECT org_id, id, at, actor, action, target, before, after FROM audit
     WHERE org_id = ? AND (at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT ?`,
  );
  return {
    async keys(orgId, limit) {
      return keys.all(uuidBlob(orgId), limit).map(keyOf);
    },
    async people(orgId, limit) {
      return people.all(uuidBlob(orgId), limit).map(personOf);
    },
    async views(orgId, holderId, limit) {
      return views.all(uuidBlob(orgId), uuidBlob(holderId), limit).map(viewOf);
    },
    async audit(orgId, after, limit) {
      const id = after === null ? Buffer.alloc(0) : uuidBlob(after.id);
      const atMs = after?.atMs ?? Number.MAX_SAFE_INTEGER;
      return audit.all(uuidBlob(orgId), atMs, id, limit).map(auditOf);
    },
  };
}

function sessionFacts(
  db: Connection,
): Part<'hasSessions' | 'sessionIdsByTag' | 'revision' | 'lostRecords'> {
  const anySession = db.prepare<[Buffer], unknown>(
    'SELECT 1 FROM sessions WHERE org_id = ? LIMIT 1',
  );
  const byTag = db
    .prepare<[Buffer, string, string, number], Buffer>(
      `SELECT s.id FROM session_tags AS t JOIN sessions AS s ON s.session_key = t.session_key
       WHERE t.org_id = ? AND t.key = ? AND t.value = ? LIMIT ?`,
    )
    .pluck();
  const revision = db
    .prepare<[Buffer], number>('SELECT revision FROM organisations WHERE id = ?')
    .pluck();
  const lost = db.prepare<[Buffer], [string, number]>(
    'SELECT reason, sum(lost) FROM lost_records WHERE org_id = ? GROUP BY reason',
  );
  return {
    async lostRecords(orgId) {
      return Object.fromEntries(lost.raw().all(uuidBlob(orgId)));
    },
    async hasSessions(orgId) {
      return anySession.get(uuidBlob(orgId)) !== undefined;
    },
    async sessionIdsByTag(orgId, key, value, limit) {
      return byTag.all(uuidBlob(orgId), key, value, limit).map(uuidText);
    },
    async revision(orgId) {
      return revision.get(uuidBlob(orgId)) ?? 0;
    },
  };
}

function holderLookup(db: Connection): (hash: Buffer) => BrowserSessionHolder | null {
  const session = db.prepare<[Buffer], BrowserSessionColumns>(
    'SELECT token_hash, org_id, person_id, created_at, last_used_at FROM browser_sessions WHERE token_hash = ?',
  );
  const person = db.prepare<[Buffer, Buffer], PersonColumns>(
    `SELECT ${personColumns} FROM people WHERE org_id = ? AND id = ?`,
  );
  const key = db.prepare<[Buffer, Buffer], KeyColumns>(
    `SELECT ${keyColumns} FROM api_keys WHERE org_id = ? AND id = ?`,
  );
  return (hash) => {
    const row = session.get(hash);
    if (row === undefined) return null;
    const personRow = person.get(row.org_id, row.person_id);
    const keyRow = personRow === undefined ? key.get(row.org_id, row.person_id) : undefined;
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
