import type { SessionFilter } from '@niitaka/core/session/session-filter.ts';
import { sql } from 'kysely';
import { listConditions } from './list-sessions.ts';
import { inKnownEnvironments, rollupConditions } from './range-totals.ts';
import { allOf, type Runner } from './runner.ts';

/** Hours whose agents are kept; beyond them the one kept longest goes. */
const keptHours = 5_000;

const hourMs = 3_600_000;

/** The agents that started a session in whole hours, kept from read to read. */
export type HourAgents = (
  orgId: string,
  filter: SessionFilter,
  whole: { readonly fromMs: number | null; readonly toMs: number | null },
) => Promise<ReadonlyMap<number, ReadonlySet<string>>>;

interface HourSql {
  readonly hour: bigint;
  readonly figures: string;
}

interface Kept {
  readonly figures: string;
  readonly agents: ReadonlySet<string>;
}

/**
 * Reads whole hours, only those anew whose figures in the roll-up have moved since they were read. A deletion has all
 * read anew: what came since may have made up for its figures.
 */
export function openHourAgents(runner: Runner): HourAgents {
  const kept = new Map<string, Kept>();
  return async (orgId, filter, whole) => {
    const conditions = allOf(rollupConditions(runner, orgId, filter, 'hour', whole));
    const hours = await runner.all<HourSql>(
      sql`select hour, string_agg(environment || ' ' || sessions || ' ' || total_tokens || ' ' || total_cost, '|') as figures
        from rollup_hours where ${conditions} and sessions > 0 group by hour`,
    );
    const deletion = await lastDeletion(runner, orgId);
    const found = new Map<number, ReadonlySet<string>>();
    for (const { hour, figures: sums } of hours) {
      const figures = `${sums} ${deletion}`;
      const startMs = Number(hour);
      const name = `${orgId} ${startMs} ${filter.environments?.join(' ') ?? ''}`;
      const known = kept.get(name);
      if (known?.figures === figures) {
        found.set(startMs, known.agents);
        continue;
      }
      const { environments } = filter;
      const hourRange = { environments, fromMs: startMs, toMs: startMs + hourMs };
      const agents = await agentsWithin(runner, orgId, hourRange);
      if (kept.size >= keptHours) kept.delete(kept.keys().next().value ?? '');
      kept.set(name, { figures, agents });
      found.set(startMs, agents);
    }
    return found;
  };
}

/** The revision of the newest deletion that is still told of; 0 without one. */
async function lastDeletion(runner: Runner, orgId: string): Promise<bigint> {
  const [row] = await runner.all<{ revision: bigint | null }>(
    sql`select max(revision) as revision from changes
      where org_id = ${runner.id(orgId)} and kind = 'deleted'`,
  );
  return row?.revision ?? 0n;
}

/** The agents that started a session in a range. */
export async function agentsWithin(
  runner: Runner,
  orgId: string,
  range: SessionFilter,
): Promise<ReadonlySet<string>> {
  const known = await inKnownEnvironments(runner, orgId, range);
  const conditions = listConditions(known, { runner, orgId, nowMs: 0, alias: 's' });
  const rows = await runner.all<{ agent_id: string }>(
    sql`select distinct s.agent_id from sessions as s
      where ${allOf(conditions)} and s.agent_id is not null`,
  );
  return new Set(rows.map((row) => row.agent_id));
}
