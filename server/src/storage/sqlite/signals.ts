import { signalValues, traceValues } from '../queries/outcome-values.ts';
import type { SessionTx } from '../session-tx.ts';
import type { Connection } from './connection.ts';
import { uuidBlob } from './uuid-blob.ts';

type Part = Pick<SessionTx, 'insertSignals' | 'lastGuardrails' | 'insertTraces'>;

/** Signals and decision traces as they arrive. */
export function signalWrites(db: Connection): Part {
  const insertSignal = db.prepare(
    `INSERT INTO signals (org_id, subject_id, id, session_id, type, subtype, action, severity, agent_id, policy_id,
       event_id, message, data, occurred_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const last = db.prepare<[Buffer, Buffer, string, string], { at: bigint | null }>(
    `SELECT max(occurred_at) AS at FROM signals
     WHERE org_id = ? AND subject_id = ? AND policy_id = ? AND action = ? AND type = 'guardrail'`,
  );
  const insertTrace = db.prepare(
    `INSERT INTO decision_traces (org_id, session_id, id, event_id, policy_id, policy_revision, action, inputs,
       considered, errors, decided_by, enforced, latency_us, occurred_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const gather = db.prepare(
    `UPDATE decision_traces SET decided_by = decided_by || ',' || @by, enforced = max(enforced, @enforced)
     WHERE org_id = @org AND session_id = @session AND id = @id
       AND ',' || decided_by || ',' NOT LIKE '%,' || @by || ',%'`,
  );
  return {
    async insertSignals(orgId, rows) {
      const org = uuidBlob(orgId);
      return rows.map((row) => insertSignal.run(org, ...signalValues(row)).changes === 1);
    },
    async lastGuardrails(orgId, keys) {
      const org = uuidBlob(orgId);
      return keys.map(({ subjectId, policyId, action }) => {
        const at = last.get(org, uuidBlob(subjectId), policyId, action)?.at ?? null;
        return at === null ? null : Number(at);
      });
    },
    async insertTraces(orgId, rows) {
      const org = uuidBlob(orgId);
      return rows.map((row) => {
        if (insertTrace.run(org, ...traceValues(row)).changes === 1) return true;
        gather.run({
          org,
          session: uuidBlob(row.sessionId),
          id: uuidBlob(row.id),
          by: row.decidedBy,
          enforced: Number(row.enforced),
        });
        return false;
      });
    },
  };
}
