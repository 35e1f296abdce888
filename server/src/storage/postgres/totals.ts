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
import { uuidBlob } from '../sqlite/uuid-blob.ts';
import { sumTable, type SumTable } from './sum-table.ts';
import { columnsOf } from './unnest.ts';
import type { Work } from './work.ts';

type Part = Pick<
  SessionTx,
  'addRollups' | 'addTreeTotals' | 'addDayTotals' | 'treeSpent' | 'daySpent'
>;

/** Roll-ups, tree totals and day totals. */
export function totalWrites(work: Work): Part {
  const days = sumTable(work, 'day_totals', dayKeys, ['total_cost', 'step_count']);
  const hours = sumTable(work, 'rollup_hours', hourKeys, rollupColumns);
  const agentDays = sumTable(work, 'rollup_agent_days', agentDayKeys, rollupColumns);
  const trees = sumTable(work, 'tree_totals', treeKeys, treeColumns);
  return {
    async addRollups(orgId, deltas) {
      const org = uuidBlob(orgId);
      work.shares(orgId);
      for (const { environment, agentId, startedAtMs, figures } of deltas) {
        const amounts = rollupValues(figures);
        hours.add(org, [environment, floorTo(startedAtMs, hourMs)], amounts);
        agentDays.add(org, [environment, floorTo(startedAtMs, dayMs), agentId ?? ''], amounts);
      }
    },
    async addTreeTotals(orgId, deltas) {
      work.shares(orgId);
      for (const { rootSessionId, figures } of deltas) {
        trees.add(uuidBlob(orgId), [uuidBlob(rootSessionId), 0], treeValues(figures));
      }
    },
    async addDayTotals(orgId, deltas) {
      work.shares(orgId);
      for (const { environment, dayMs: at, agentId, costNanoUsd, steps } of deltas) {
        days.add(uuidBlob(orgId), [environment, at, agentId ?? '', 0], [costNanoUsd, steps]);
      }
    },
    ...spentReads(work, trees, days),
  };
}

interface SpentSql {
  readonly cost: bigint | null;
  readonly steps: bigint | null;
}

/** What was spent before, and by this transaction: its sums are written only as it ends. */
function spentReads(
  work: Work,
  trees: SumTable,
  days: SumTable,
): Pick<Part, 'treeSpent' | 'daySpent'> {
  const spent = async (
    text: string,
    values: readonly unknown[],
    [cost = 0, steps = 0]: readonly (number | bigint | undefined)[],
  ): Promise<Spent> => {
    const [row] = await work.sums<SpentSql>(
      `SELECT sum(total_cost) AS cost, sum(step_count) AS steps FROM ${text}`,
      values,
    );
    return {
      costNanoUsd: (row?.cost ?? 0n) + BigInt(cost),
      steps: Number(row?.steps ?? 0n) + Number(steps),
    };
  };
  return {
    treeSpent(orgId, rootSessionId) {
      const [org, root] = [uuidBlob(orgId), uuidBlob(rootSessionId)];
      const waiting = trees.waiting(org, [root]);
      const own = [waiting[costOfTree], waiting[stepsOfTree]];
      return spent('tree_totals WHERE org_id = $1 AND root_session_id = $2', [org, root], own);
    },
    daySpent(orgId, environment, at, agentId) {
      const org = uuidBlob(orgId);
      const where = 'day_totals WHERE org_id = $1 AND environment = $2 AND day = $3';
      const key = [environment, at];
      if (agentId === null) return spent(where, [org, ...key], days.waiting(org, key));
      const ofAgent = [...key, agentId];
      return spent(`${where} AND agent_id = $4`, [org, ...ofAgent], days.waiting(org, ofAgent));
    },
  };
}

const hourKeys = [...columnsOf('text', ['environment']), ...columnsOf('bigint', ['hour'])];
const agentDayKeys = [
  ...columnsOf('text', ['environment']),
  ...columnsOf('bigint', ['day']),
  ...columnsOf('text', ['agent_id']),
];
const dayKeys = [...agentDayKeys, ...columnsOf('bigint', ['slot'])];
const treeKeys = [...columnsOf('uuid', ['root_session_id']), ...columnsOf('bigint', ['slot'])];

const costOfTree = treeColumns.indexOf('total_cost');
const stepsOfTree = treeColumns.indexOf('step_count');
