import { signalValues, traceValues } from '../queries/outcome-values.ts';
import type { SessionTx, TraceRow } from '../session-tx.ts';
import { uuidBlob } from '../sqlite/uuid-blob.ts';
import { columnsOf, unnest, type Column } from './unnest.ts';
import type { Work } from './work.ts';

type Part = Pick<SessionTx, 'insertSignals' | 'lastGuardrails' | 'insertTraces'>;

/** Signals and decision traces as they arrive. */
export function signalWrites(work: Work): Part {
  return {
    async insertSignals(orgId, rows) {
      const values = rows.map((row) => [uuidBlob(orgId), ...signalValues(row)]);
      const names = await insertNew(work, 'signals', 'subject_id', signalColumns, values);
      return rows.map((row) => names.delete(`${row.subjectId}/${row.id}`));
    },
    async lastGuardrails(orgId, keys) {
      if (keys.length === 0) return [];
      const { from, values } = unnest(
        guardrailColumns,
        keys.map(({ subjectId, policyId, action }) => [uuidBlob(subjectId), policyId, action]),
        2,
      );
      const rows = await work.rows<{ name: string; at: bigint }>(
        `SELECT subject_id || '/' || action || '/' || policy_id AS name, max(occurred_at) AS at FROM signals
         WHERE org_id = $1 AND type = 'guardrail' AND (subject_id, policy_id, action) IN (SELECT * FROM ${from})
         GROUP BY subject_id, policy_id, action`,
        [uuidBlob(orgId), ...values],
      );
      const lastAt = new Map(rows.map(({ name, at }) => [name, Number(at)]));
      return keys.map(
        ({ subjectId, policyId, action }) =>
          lastAt.get(`${subjectId}/${action}/${policyId}`) ?? null,
      );
    },
    async insertTraces(orgId, rows) {
      const values = rows.map((row) => [uuidBlob(orgId), ...traceValues(row)]);
      const names = await insertNew(work, 'decision_traces', 'session_id', traceColumns, values);
      const isNew = rows.map((row) => names.delete(`${row.sessionId}/${row.id}`));
      for (const [index, row] of rows.entries()) {
        if (isNew[index] === false) await gather(work, orgId, row);
      }
      return isNew;
    },
  };
}

const signalColumns: readonly Column[] = [
  ...columnsOf('uuid', ['org_id', 'subject_id', 'id', 'session_id']),
  ...columnsOf('text', ['type', 'subtype', 'action', 'severity', 'agent_id', 'policy_id']),
  ...columnsOf('uuid', ['event_id']),
  ...columnsOf('text', ['message', 'data']),
  ...columnsOf('bigint', ['occurred_at']),
];

const guardrailColumns: readonly Column[] = [
  ...columnsOf('uuid', ['subject_id']),
  ...columnsOf('text', ['policy_id', 'action']),
];

const traceColumns: readonly Column[] = [
  ...columnsOf('uuid', ['org_id', 'session_id', 'id', 'event_id']),
  ...columnsOf('text', ['policy_id']),
  ...columnsOf('bigint', ['policy_revision']),
  ...columnsOf('text', ['action', 'inputs', 'considered', 'errors', 'decided_by']),
  ...columnsOf('bigint', ['enforced']),
  ...columnsOf('double precision', ['latency_us']),
  ...columnsOf('bigint', ['occurred_at']),
];

/** Inserts what is new; answers owner and id of those rows. */
async function insertNew(
  work: Work,
  table: string,
  owner: string,
  columns: readonly Column[],
  rows: readonly unknown[][],
): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const { from, values } = unnest(columns, rows);
  const names = columns.map(({ name }) => name).join(', ');
  const inserted = await work.rows<{ name: string }>(
    `INSERT INTO ${table} (${names}) SELECT * FROM ${from} ON CONFLICT DO NOTHING
     RETURNING ${owner} || '/' || id AS name`,
    values,
  );
  return new Set(inserted.map((row) => row.name));
}

function gather(work: Work, orgId: string, row: TraceRow): Promise<number> {
  return work.run(
    `UPDATE decision_traces SET decided_by = decided_by || ',' || $4, enforced = greatest(enforced, $5)
     WHERE org_id = $1 AND session_id = $2 AND id = $3
       AND (',' || decided_by || ',') NOT LIKE ('%,' || $4 || ',%')`,
    [
      uuidBlob(orgId),
      uuidBlob(row.sessionId),
      uuidBlob(row.id),
      row.decidedBy,
      Number(row.enforced),
    ],
  );
}
