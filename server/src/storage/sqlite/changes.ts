import type { SessionTx } from '../session-tx.ts';
import type { Connection } from './connection.ts';
import { uuidBlob } from './uuid-blob.ts';

type Part = Pick<
  SessionTx,
  'recordChanges' | 'touchAgents' | 'touchEnvironments' | 'jobRanAt' | 'noteJobRan'
>;

/** The live feed, and the small tables that grow with what is seen. */
export function changeWrites(db: Connection): Part {
  const step = db
    .prepare<[number, Buffer], number>(
      'UPDATE organisations SET revision = revision + ? WHERE id = ? RETURNING revision',
    )
    .pluck();
  const change = db.prepare(
    `INSERT INTO changes (org_id, kind, row_id, revision, changed_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET revision = excluded.revision, changed_at = excluded.changed_at`,
  );
  const agent = db.prepare(
    `INSERT INTO agents (org_id, id, name, created_at, session_count, last_started_at) VALUES (?, ?, ?, ?, 1, ?)
     ON CONFLICT DO UPDATE SET session_count = session_count + 1,
       last_started_at = max(coalesce(last_started_at, excluded.last_started_at), excluded.last_started_at)`,
  );
  const environment = db.prepare(
    'INSERT OR IGNORE INTO environments (org_id, name, first_seen_at) VALUES (?, ?, ?)',
  );
  const ranAt = db.prepare<[string], number>('SELECT last_ran_at FROM jobs WHERE name = ?').pluck();
  const note = db.prepare(
    `INSERT INTO jobs (name, last_ran_at) VALUES (?, ?)
     ON CONFLICT DO UPDATE SET last_ran_at = excluded.last_ran_at`,
  );
  return {
    async recordChanges(orgId, rows, nowMs) {
      const org = uuidBlob(orgId);
      const last = step.get(rows.length, org) ?? 0;
      rows.forEach(({ kind, id }, index) => {
        change.run(org, kind, uuidBlob(id), last - rows.length + index + 1, nowMs);
      });
    },
    async touchAgents(orgId, starts, nowMs) {
      for (const { agentId, startedAtMs } of starts) {
        agent.run(uuidBlob(orgId), agentId, agentId, nowMs, startedAtMs);
      }
    },
    async touchEnvironments(orgId, names, nowMs) {
      for (const name of names) environment.run(uuidBlob(orgId), name, nowMs);
    },
    async jobRanAt(name) {
      return ranAt.get(name) ?? null;
    },
    async noteJobRan(name, atMs) {
      note.run(name, atMs);
    },
  };
}
