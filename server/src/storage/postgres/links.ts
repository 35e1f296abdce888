import type { SessionTx } from '../session-tx.ts';
import { uuidBlob, uuidText } from '../sqlite/uuid-blob.ts';
import { orgOf } from './owned-session.ts';
import type { WaitingSessions } from './sessions.ts';
import type { Work } from './work.ts';

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
export function linkWrites(work: Work, waiting: WaitingSessions): Part {
  const startedOf = (orgId: string) =>
    [...waiting.started.values()]
      .filter(({ stored }) => orgOf(stored) === orgId)
      .map(({ stored }) => stored.session);
  return {
    async linkFacts(orgId, id) {
      if (waiting.changed.size + waiting.started.size > 0) await work.flushOwn();
      const [row] = await work.rows<{ root_session_id: Buffer; depth: number }>(
        'SELECT root_session_id, depth FROM sessions WHERE org_id = $1 AND id = $2',
        [uuidBlob(orgId), uuidBlob(id)],
      );
      if (row === undefined) return null;
      return { rootSessionId: uuidText(row.root_session_id), depth: row.depth };
    },
    async waitingChildren(orgId, id) {
      if (waiting.changed.size > 0) await work.flushOwn();
      const [row] = await work.rows<{ children: number; height: number | null }>(
        `SELECT (SELECT count(*) FROM sessions WHERE org_id = $1 AND parent_session_id = $2) AS children,
           (SELECT max(depth) FROM sessions WHERE org_id = $1 AND root_session_id = $2) AS height`,
        [uuidBlob(orgId), uuidBlob(id)],
      );
      // Those started in this transaction are counted here: they need not be written for it.
      const started = startedOf(orgId);
      const own = started.filter((session) => session.parentSessionId === id).length;
      const childCount = (row?.children ?? 0) + own;
      if (childCount === 0) return { childCount, height: 0 };
      const below = started.filter((session) => session.rootSessionId === id);
      const depths = below.map((session) => session.depth);
      return { childCount, height: Math.max(row?.height ?? 1, ...depths) };
    },
    async sessionIdsByRoot(orgId, rootSessionId, limit) {
      await work.flushOwn();
      const rows = await work.rows<{ id: Buffer }>(
        'SELECT id FROM sessions WHERE org_id = $1 AND root_session_id = $2 AND id <> $2 LIMIT $3',
        [uuidBlob(orgId), uuidBlob(rootSessionId), limit],
      );
      return rows.map((row) => uuidText(row.id));
    },
    async queueReroot(orgId, sessionId) {
      await work.run(
        'INSERT INTO reroots (org_id, session_id) VALUES ($1, $2) ON CONFLICT DO NOTHING',
        [uuidBlob(orgId), uuidBlob(sessionId)],
      );
    },
    async queuedReroots(limit) {
      const rows = await work.rows<{ org_id: Buffer; session_id: Buffer }>(
        'SELECT org_id, session_id FROM reroots LIMIT $1',
        [limit],
      );
      return rows.map((row) => ({
        orgId: uuidText(row.org_id),
        sessionId: uuidText(row.session_id),
      }));
    },
    async finishReroot(orgId, sessionId) {
      await work.run('DELETE FROM reroots WHERE org_id = $1 AND session_id = $2', [
        uuidBlob(orgId),
        uuidBlob(sessionId),
      ]);
    },
  };
}
