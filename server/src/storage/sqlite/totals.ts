import type { SessionTx, Spent } from '../session-tx.ts';
import {
  dayMs,
  floorTo,
  hourMs,
  rollupColumns,
  rollupValues,
  treeColumns,
  treeValues,
} from '../total-figures.ts';
import type { Connection } from './connection.ts';
import { uuidBlob } from './uuid-blob.ts';

type Part = Pick<
  SessionTx,
  'addRollups' | 'addTreeTotals' | 'addDayTotals' | 'treeSpent' | 'daySpent'
>;

interface SpentSql {
  readonly cost: bigint | null;
  readonly steps: bigint | null;
}

/** Roll-ups, tree totals and day totals. */
export function totalWrites(db: Connection): Part {
  const hour = db.prepare(rollupSql('rollup_hours', ['environment', 'hour']));
  const agentDay = db.prepare(rollupSql('rollup_agent_days', ['environment', 'day', 'agent_id']));
  const tree = db.prepare(
    upsertSql('tree_totals', ['org_id', 'root_session_id', 'slot'], treeColumns),
  );
  const day = db.prepare(
    upsertSql('day_totals', ['org_id', 'environment', 'day', 'agent_id', 'slot'], dayColumns),
  );
  return {
    async addRollups(orgId, deltas) {
      const org = uuidBlob(orgId);
      for (const { environment, agentId, startedAtMs, figures } of deltas) {
        const values = rollupValues(figures);
        hour.run(org, environment, floorTo(startedAtMs, hourMs), ...values);
        agentDay.run(org, environment, floorTo(startedAtMs, dayMs), agentId ?? '', ...values);
      }
    },
    async addTreeTotals(orgId, deltas) {
      for (const { rootSessionId, figures } of deltas) {
        tree.run(uuidBlob(orgId), uuidBlob(rootSessionId), 0, ...treeValues(figures));
      }
    },
    async addDayTotals(orgId, deltas) {
      const org = uuidBlob(orgId);
      for (const { environment, dayMs: at, agentId, costNanoUsd, steps } of deltas) {
        day.run(org, environment, at, agentId ?? '', 0, costNanoUsd, steps);
      }
    },
    ...spentReads(db),
  };
}

function spentReads(db: Connection): Pick<Part, 'treeSpent' | 'daySpent'> {
  const tree = db
    .prepare<[Buffer, Buffer], SpentSql>(
      `SELECT sum(total_cost) AS cost, sum(step_count) AS steps FROM tree_totals
       WHERE org_id = ? AND root_session_id = ?`,
    )
    .safeIntegers();
  const agent = db
    .prepare<[Buffer, string, number, string], SpentSql>(
      `SELECT sum(total_cost) AS cost, sum(step_count) AS steps FROM day_totals
       WHERE org_id = ? AND environment = ? AND day = ? AND agent_id = ?`,
    )
    .safeIntegers();
  const organisation = db
    .prepare<[Buffer, string, number], SpentSql>(
      `SELECT sum(total_cost) AS cost, sum(step_count) AS steps FROM day_totals
       WHERE org_id = ? AND environment = ? AND day = ?`,
    )
    .safeIntegers();
  return {
    async treeSpent(orgId, rootSessionId) {
      return spentOf(tree.get(uuidBlob(orgId), uuidBlob(rootSessionId)));
    },
    async daySpent(orgId, environment, at, agentId) {
      const org = uuidBlob(orgId);
      const row =
        agentId === null
          ? organisation.get(org, environment, at)
          : agent.get(org, environment, at, agentId);
      return spentOf(row);
    },
  };
}

const dayColumns = ['total_cost', 'step_count'];

function rollupSql(table: string, keys: readonly string[]): string {
  return upsertSql(table, ['org_id', ...keys], rollupColumns);
}

function upsertSql(table: string, keys: readonly string[], sums: readonly string[]): string {
  const columns = [...keys, ...sums];
  const added = sums.map((name) => `${name} = ${name} + excluded.${name}`);
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
    ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${added.join(', ')}`;
}

function spentOf(row: SpentSql | undefined): Spent {
  return { costNanoUsd: row?.cost ?? 0n, steps: Number(row?.steps ?? 0n) };
}
