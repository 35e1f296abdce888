import { createHash } from 'node:crypto';
import type { Session } from '@niitaka/core/session/session.ts';
import type { SessionExtras, SessionTx, StoredSession } from '../session-tx.ts';
import type { Connection } from './connection.ts';
import {
  changingColumns,
  sessionColumns,
  sessionFromRow,
  startedValues,
  type SessionSql,
} from './session-row.ts';
import { sessionSaver } from './session-saver.ts';
import { uuidBlob, uuidText } from './uuid-blob.ts';

type Part = Pick<
  SessionTx,
  | 'loadSessions'
  | 'insertSession'
  | 'saveSessions'
  | 'deletedAmong'
  | 'overdueSessionIds'
  | 'addGraceToRunning'
>;

/** Sessions themselves: load, insert, save, delete. */
export function sessionWrites(db: Connection): Part {
  const load = db.prepare<[Buffer, Buffer], SessionSql>(
    `SELECT ${sessionColumns} FROM sessions AS s WHERE org_id = ? AND id = ?`,
  );
  const insert = db.prepare(insertSql);
  const insertTag = db.prepare(
    'INSERT OR IGNORE INTO session_tags (org_id, key, value, started_at, session_key) VALUES (?, ?, ?, ?, ?)',
  );
  const indexGoal = db.prepare('INSERT INTO goal_search (rowid, org, words) VALUES (?, ?, ?)');
  const save = sessionSaver(db);
  const deleted = db
    .prepare('SELECT 1 FROM deleted_sessions WHERE org_id = ? AND id_hash = ?')
    .pluck();
  const anyDeleted = db.prepare('SELECT 1 FROM deleted_sessions WHERE org_id = ? LIMIT 1').pluck();
  const overdue = db.prepare<[number, number, number], { org_id: Buffer; id: Buffer }>(
    `SELECT org_id, id FROM sessions WHERE status = 'running' AND last_seen_at + grace_ms < ? - ? LIMIT ?`,
  );
  const grace = db.prepare(`UPDATE sessions SET grace_ms = grace_ms + ? WHERE status = 'running'`);
  return {
    async loadSessions(orgId, ids) {
      const org = uuidBlob(orgId);
      const found = new Map<string, StoredSession>();
      for (const id of ids) {
        const row = load.get(org, uuidBlob(id));
        if (row !== undefined) found.set(id, save.loaded(sessionFromRow(row)));
      }
      return found;
    },
    async insertSession(orgId, session, extras) {
      const org = uuidBlob(orgId);
      const { lastInsertRowid } = insert.run(...insertValues(org, session, extras));
      for (const [key, value] of Object.entries(extras.tags)) {
        insertTag.run(org, key, value, session.startedAtMs, lastInsertRowid);
      }
      if (extras.goalWords !== '') {
        indexGoal.run(lastInsertRowid, org.toString('hex'), extras.goalWords);
      }
      return save.loaded({ key: Number(lastInsertRowid), session });
    },
    async saveSessions(stored) {
      for (const one of stored) save.save(one);
    },
    async deletedAmong(orgId, ids) {
      const org = uuidBlob(orgId);
      if (ids.length === 0 || anyDeleted.get(org) === undefined) return new Set();
      return new Set(ids.filter((id) => deleted.get(org, hashOf(id)) !== undefined));
    },
    async overdueSessionIds(nowMs, staleAfterMs, limit) {
      const rows = overdue.all(nowMs, staleAfterMs, limit);
      return rows.map((row) => ({ orgId: uuidText(row.org_id), id: uuidText(row.id) }));
    },
    async addGraceToRunning(graceMs) {
      grace.run(graceMs);
    },
  };
}

const insertColumns = `org_id, id, agent_id, environment, goal, goal_words, started_at, started_at_sent, arrived_at,
  clock_offset_ms, experiment_id, variant, agent_version, user_id, conversation_id, policy_source, policy_hash, tags,
  truncated, metadata`;

const insertCount = insertColumns.split(',').length + changingColumns.length;

const insertSql = `INSERT INTO sessions (${insertColumns}, ${changingColumns.join(', ')})
  VALUES (${Array.from({ length: insertCount }, () => '?').join(', ')})`;

function insertValues(org: Buffer, session: Session, extras: SessionExtras): unknown[] {
  return [org, uuidBlob(session.id), ...startedValues(session, extras)];
}

/** What is kept of a deleted session's id. */
export function hashOf(id: string): Buffer {
  return createHash('sha256').update(id).digest();
}
