import { sql } from 'kysely';
import type { PolicyHitReader } from '../policy-tx.ts';
import { valuesInList, type Runner } from './runner.ts';

/** Reads of what policies did. */
export function policyHitReads(runner: Runner): PolicyHitReader {
  return {
    async policyHits(orgId, policyIds, sinceMs) {
      const rows: { policy_id: string; hits: number }[] = [];
      for (let from = 0; from < policyIds.length; from += valuesInList) {
        const ids = policyIds.slice(from, from + valuesInList);
        rows.push(
          ...(await runner.rows<{ policy_id: string; hits: number }>(
            sql`select policy_id, count(*) as hits from decision_traces ${runner.flavour.by('decision_traces_policy')}
              where org_id = ${runner.id(orgId)} and policy_id in (${sql.join(ids)})
                and occurred_at >= ${sinceMs} and action <> 'continue' and ${runner.inTime(sql`occurred_at`)}
              group by policy_id`,
          )),
        );
      }
      return rows.map(({ policy_id: policyId, hits }) => ({ policyId, hits }));
    },
  };
}
