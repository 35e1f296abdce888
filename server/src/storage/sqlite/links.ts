import type { SessionTx } from '../session-tx.ts';
import type { Connection } from './connection.ts';
import { uuidBlob, uuidText } from './uuid-blob.ts';

type Part = Pick<
  SessionTx,
  | 'linkFacts'
  | 'waitingChildren'
  | 'sessionIdsByRoot'
  | 'queueReroot'
  | 'queuedReroots'
  | 'finishReroot'
>;

/** Parents, children and roots. */
export function linkWrites(db: Connection): Part {
  const facts = db.prepare<[Buffer, Buffer], { root_session_id: Buffer; depth: number }>(
    'SELECT root_session_id, depth FROM sessions WHERE org_id = ? AND id = ?',
  );
  const children = db
    .prepare<[Buffer, Buffer], number>(
      'SELECT count(*) FROM sessions WHERE org_id = ? AND parent_session_id = ?',
    )
    .pluck();
  const height = db
    .prepare<[Buffer, Buffer], number | null>(
      'SELECT max(depth) FROM sessions WHERE org_id = ? AND root_session_id = ?',
    )
    .pluck();
  const byRoot = db
    .prepare<[Buffer, Buffer, Buffer, number], Buffer>(
      'SELECT id FROM sessions WHERE org_id = ? AND root_session_id = ? AND id <> ? LIMIT ?',
    )
    .pluck();
  const queue = db.prepare('INSERT OR IGNORE INTO reroots (org_id, session_id) VALUES (?, ?)');
  const queued = db.prepare<[number], { org_id: Buffer; session_id: Buffer }>(
    'SELECT org_id, session_id FROM reroots LIMIT ?',
  );
  const finish = db.prepare('DELETE FROM reroots WHERE org_id = ? AND session_id = ?');
  return {
    async linkFacts(orgId, id) {
      const row = facts.get(uuidBlob(orgId), uuidBlob(id));
      if (row === undefined) return null;
      return { rootSessionId: uuidText(row.root_session_id), depth: row.depth };
    },
    async waitingChildren(orgId, id) {
      const childCount = children.get(uuidBlob(orgId), uuidBlob(id)) ?? 0;
      if (childCount === 0) return { childCount, height: 0 };
      return { childCount, height: height.get(uuidBlob(orgId), uuidBlob(id)) ?? 1 };
    },
    async sessionIdsByRoot(orgId, rootSessionId, limit) {
      const root = uuidBlob(rootSessionId);
      return byRoot.all(uuidBlob(orgId), root, root, limit).map(uuidText);
    },
    async queueReroot(orgId, sessionId) {
      queue.run(uuidBlob(orgId), uuidBlob(sessionId));
    },
    async queuedReroots(limit) {
      return queued
        .all(limit)
        .map((row) => ({ orgId: uuidText(row.org_id), sessionId: uuidText(row.session_id) }));
    },
    async finishReroot(orgId, sessionId) {
      finish.run(uuidBlob(orgId), uuidBlob(sessionId));
    },
  };
}
