import { sql } from 'kysely';
import type { CostParts, SessionReader } from '../session-reader.ts';
import { rowsOfSession, type OfSession } from './event-reads.ts';
import { toNumber, type Runner, type Sql } from './runner.ts';
import { summedDescendants } from './walk-tree.ts';

/** Priced calls listed in order of time. */
const listedSteps = 2_000;

/** Calls without a price that are listed. */
const listedUnpriced = 500;

type Part = Pick<SessionReader, 'costParts' | 'treeCostByModel'>;

/** Reads that take cost apart (C1). */
export function costReads(runner: Runner): Part {
  return {
    async costParts(orgId, sessionId) {
      const ofSession = await rowsOfSession(runner, orgId, sessionId);
      return ofSession === null ? null : costParts(runner, ofSession);
    },
    treeCostByModel: (orgId, sessionId) => treeCostByModel(runner, orgId, sessionId),
  };
}

interface ModelSql {
  readonly provider: string | null;
  readonly model: string | null;
  readonly calls: bigint;
  readonly input_tokens: bigint | null;
  readonly output_tokens: bigint | null;
  readonly cost: bigint | null;
  readonly unpriced: bigint | null;
}

interface StepSql {
  readonly id: unknown;
  readonly started_at: bigint;
  readonly model: string | null;
  readonly cost: bigint | null;
}

async function costParts(runner: Runner, ofSession: OfSession): Promise<CostParts> {
  const calls = sql`from events as e where ${ofSession('e')} and e.type = 'llm' and e.state <> 1
    and e.after_end = 0 and ${runner.inTime(sql`e.position`)}`;
  const byModel = await runner.all<ModelSql>(
    sql`select e.provider, e.model, count(*) as calls, sum(e.input_tokens) as input_tokens,
        sum(e.output_tokens) as output_tokens, sum(e.cost) as cost, count(*) filter (where e.cost_source = 'unpriced') as unpriced
      ${calls} group by 1, 2 order by cost desc`,
  );
  const bySource = await runner.all<{ source: string; calls: bigint; cost: bigint | null }>(
    sql`select e.cost_source as source, count(*) as calls, sum(e.cost) as cost ${calls} group by 1 order by 1`,
  );
  const byClass = await runner.all<{ class: string; cost: bigint; tokens: bigint | null }>(
    sql`select c.key as class, sum(cast(c.value as bigint)) as cost, sum(${chargedTokens(runner)}) as tokens
      from events as e, ${runner.flavour.pairs(sql`e.cost_classes`, 'c')}
      where ${ofSession('e')} and e.type = 'llm' and e.state <> 1 and e.after_end = 0
        and ${runner.inTime(sql`e.position`)}
      group by 1 order by cost desc`,
  );
  const steps = await runner.all<StepSql>(
    sql`select e.id, e.started_at, e.model, e.cost ${calls} and e.cost is not null
      order by e.started_at, e.position limit ${listedSteps}`,
  );
  const unpriced = await runner.all<StepSql>(
    sql`select e.id, e.started_at, e.model, null as cost ${calls} and e.cost_source = 'unpriced'
      order by e.started_at, e.position limit ${listedUnpriced}`,
  );
  return {
    byModel: byModel.map((row) => ({
      provider: row.provider,
      model: row.model,
      calls: Number(row.calls),
      inputTokens: toNumber(row.input_tokens),
      outputTokens: toNumber(row.output_tokens),
      costNanoUsd: row.cost ?? 0n,
      unpriced: toNumber(row.unpriced),
    })),
    byClass: byClass.map((row) => ({
      tokenClass: row.class,
      tokens: toNumber(row.tokens),
      costNanoUsd: row.cost,
    })),
    bySource: bySource.map((row) => ({
      source: row.source,
      calls: Number(row.calls),
      costNanoUsd: row.cost ?? 0n,
    })),
    steps: steps.map((row) => ({ ...stepOf(runner, row), costNanoUsd: row.cost ?? 0n })),
    unpriced: unpriced.map((row) => stepOf(runner, row)),
  };
}

/** Tokens of the class `c` of the call `e`: input and output stand without what is charged apart (C2). */
function chargedTokens(runner: Runner): Sql {
  const { numberIn } = runner.flavour;
  return sql`case c.key
  when 'input' then ${tokensWithout(runner, 'input', ['cache_read', 'cache_write_5m', 'cache_write_1h', 'input_audio', 'input_image'])}
  when 'output' then ${tokensWithout(runner, 'output', ['reasoning', 'output_audio', 'output_image'])}
  else ${numberIn(sql`e.data`, sql`c.key || '_tokens'`)} end`;
}

function tokensWithout(
  { flavour: { greater, numberIn, pairs } }: Runner,
  side: 'input' | 'output',
  apart: readonly string[],
): Sql {
  const parts = sql.join(apart.map((name) => sql.lit(name)));
  const counted = sql`select coalesce(sum(${numberIn(sql`e.data`, sql`p.key || '_tokens'`)}), 0)
    from ${pairs(sql`e.cost_classes`, 'p')} where p.key in (${parts})`;
  return greater(sql`0`, sql`${sql.ref(`e.${side}_tokens`)} - (${counted})`);
}

function stepOf(runner: Runner, row: StepSql) {
  return { id: runner.uuid(row.id), atMs: Number(row.started_at), model: row.model };
}

/** Cost by model of a session and everything below it, level by level (S9). */
async function treeCostByModel(
  runner: Runner,
  orgId: string,
  sessionId: string,
): Promise<{ model: string | null; calls: number; costNanoUsd: bigint }[]> {
  const { within, owner } = runner.flavour;
  const totals = new Map<string | null, { calls: number; costNanoUsd: bigint }>();
  let level: unknown[] = [runner.id(sessionId)];
  let left = summedDescendants;
  while (level.length > 0 && left > 0) {
    const ids = sql.join(level);
    const rows = await runner.all<{ model: string | null; calls: bigint; cost: bigint | null }>(
      sql`select e.model, count(*) as calls, sum(e.cost) as cost from events as e
        where ${within('e', orgId)} and ${sql.ref(`e.${owner.column}`)} in (
          select ${sql.ref(owner.of)} from sessions where org_id = ${runner.id(orgId)} and id in (${ids}))
          and e.type = 'llm' and e.state <> 1 and e.after_end = 0 and ${runner.inTime(sql`e.position`)} group by 1`,
    );
    for (const { model, calls, cost } of rows) {
      const known = totals.get(model) ?? { calls: 0, costNanoUsd: 0n };
      totals.set(model, {
        calls: known.calls + Number(calls),
        costNanoUsd: known.costNanoUsd + (cost ?? 0n),
      });
    }
    const below = await runner.all<{ id: unknown }>(
      sql`select id from sessions where org_id = ${runner.id(orgId)} and parent_session_id in (${ids}) limit ${left}`,
    );
    left -= below.length;
    level = below.map((row) => row.id);
  }
  return [...totals].map(([model, total]) => ({ model, ...total }));
}
