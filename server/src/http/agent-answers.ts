import type { AgentDetail, AgentPage } from '@niitaka/protocol/agent.ts';
import type { AgentFigures, AgentListRequest, AgentRange } from '../storage/agent-rows.ts';
import type { Reader } from '../storage/reader.ts';
import { agentToWire, stepsAverage } from './map-agent.ts';
import { timeToWire } from './map-access.ts';
import { bucketFor, seriesOver, startsOver, type Range } from './range-answers.ts';

const dayMs = 86_400_000;

/** Points of a card's sparkline, and of an agent's charts, at most. */
const cardPoints = 32;
const chartPoints = 64;

/** Ended sessions that a card's and a page's durations are of, the last ended first. */
const cardDurations = 200;
const pageDurations = 10_000;

/** A page of agents, each with its figures in a range. */
export async function agentPageOf(
  reader: Reader,
  orgId: string,
  request: AgentListRequest,
  asked: AgentRange,
  nowMs: number,
): Promise<AgentPage> {
  const { limit } = request;
  const found = await reader.agents(orgId, { ...request, limit: limit + 1 });
  const rows = found.slice(0, limit);
  const oldest = asked.fromMs ?? (await reader.oldestStart(orgId, asked));
  const range = closed(asked, oldest, nowMs);
  const bucketMs = bucketOf(range, cardPoints);
  const agentIds = rows.map(({ id }) => id);
  const figures = await reader.agentFigures(orgId, {
    agentIds,
    range: asked,
    bucketMs,
    durations: cardDurations,
  });
  const byId = new Map(figures.map((one) => [one.agentId, one]));
  return {
    items: rows.map((row) => {
      const own = byId.get(row.id) ?? noFigures(row.id);
      const series = seriesOver(range, bucketMs, own.cells);
      return { ...agentToWire(row, own, nowMs), series: series(({ sessions }) => sessions) };
    }),
    bucket_ms: bucketMs,
    starts: startsOver(range, bucketMs).map(timeToWire),
    next_cursor: found.length > limit ? (rows.at(-1)?.id ?? null) : null,
  };
}

/** One agent with its figures over time; null where there is none. */
export async function agentDetailOf(
  reader: Reader,
  orgId: string,
  id: string,
  asked: AgentRange,
  nowMs: number,
): Promise<AgentDetail | null> {
  const row = await reader.agent(orgId, id);
  if (row === null) return null;
  const oldest = asked.fromMs ?? (await reader.oldestAgentDay(orgId, id, asked));
  const range = closed(asked, oldest, nowMs);
  const bucketMs = bucketOf(range, chartPoints);
  const request = { agentIds: [id], range: asked, bucketMs, durations: pageDurations };
  const [figures = noFigures(id)] = await reader.agentFigures(orgId, request);
  return { ...agentToWire(row, figures, nowMs), series: seriesOf(range, bucketMs, figures) };
}

function seriesOf(range: Range, bucketMs: number, { cells }: AgentFigures): AgentDetail['series'] {
  const starts = startsOver(range, bucketMs);
  const series = seriesOver(range, bucketMs, cells);
  const byStart = new Map(cells.map((cell) => [cell.startMs, cell]));
  return {
    bucket_ms: bucketMs,
    starts: starts.map(timeToWire),
    sessions: series(({ sessions }) => sessions),
    with_errors: series(({ withErrors }) => withErrors),
    cost_nano_usd: starts.map((start) => String(byStart.get(start)?.costNanoUsd ?? 0n)),
    steps_average: starts.map((start) =>
      stepsAverage(byStart.get(start) ?? { steps: 0, sessions: 0 }),
    ),
    duration_p95_ms: starts.map((start) => byStart.get(start)?.durationP95Ms ?? null),
  };
}

/** An open range is closed by the oldest session and the present; without any it is the last day. */
function closed(
  { fromMs, toMs = Infinity }: AgentRange,
  oldest: number | null,
  nowMs: number,
): Range {
  const end = Math.min(toMs, nowMs);
  const start = fromMs ?? oldest ?? end - dayMs;
  return { fromMs: Math.min(start, end), toMs: Math.max(start, end) };
}

/** Whole days come from the roll-ups: buckets of a long range are of whole days. */
function bucketOf({ fromMs, toMs }: Range, points: number): number {
  const rangeMs = toMs - fromMs;
  const bucketMs = bucketFor(rangeMs, points);
  return rangeMs > 2 * dayMs ? Math.max(bucketMs, dayMs) : bucketMs;
}

function noFigures(agentId: string): AgentFigures {
  const none = { running: 0, runningInRange: 0, lastSeenAtMs: null };
  return { agentId, ...none, ended: [], cells: [], durationP95Ms: null };
}
