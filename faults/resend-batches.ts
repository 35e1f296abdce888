import { engineNames, type EngineName } from '../server/src/storage/port.ts';
import { hold, shuffled, type Fault } from './fault.ts';
import { withServer } from './place.ts';
import { trafficBatches } from './traffic.ts';

const sessions = 40;
const batchSize = 25;
const mostCopies = 20;
const retriesOfEarly = 40;

/** Every batch sent 2 to 20 times, split and reordered: totals are those of sending it once. */
export const resendBatches: Fault = {
  name: 'resend-batches',
  what: 'every batch sent 2-20 times, split and reordered',
  gate: 'totals exact',
  engines: engineNames,
  rounds: { full: 10, short: 1, shortOnPostgres: null },
  async run(rounds, engine) {
    let sent = 0;
    for (let round = 0; round < rounds; round += 1) {
      const bodies = trafficBatches(1_000 + round, sessions, batchSize);
      const once = await totalsAfter(engine, bodies);
      const copies = shuffled(bodies.flatMap((body) => copiesOf(body)));
      sent += copies.length;
      const often = await totalsAfter(engine, copies);
      hold(once === often, `totals differ: once ${once}, often ${often}`);
    }
    return `${rounds} rounds, ${sent} batches, the same totals`;
  },
};

function copiesOf(body: string): string[] {
  const { records } = JSON.parse(body) as { records: unknown[] };
  const count = 2 + Math.floor(Math.random() * (mostCopies - 1));
  return Array.from({ length: count }, () => {
    const cut = Math.floor(Math.random() * records.length);
    return [records.slice(0, cut), shuffled(records.slice(cut))];
  })
    .flat()
    .filter((part) => part.length > 0)
    .map((part) => JSON.stringify({ records: part }));
}

/** Sends everything; a record whose session is not there yet is sent again, as an SDK does. */
function totalsAfter(engine: EngineName, bodies: readonly string[]): Promise<string> {
  return withServer(engine, async (server, place) => {
    let waiting = [...bodies];
    for (let turn = 0; waiting.length > 0; turn += 1) {
      hold(turn < retriesOfEarly, 'records stay early for ever');
      const early: string[] = [];
      for (const body of waiting) early.push(...(await sendOnce(server.post, body)));
      waiting = early;
    }
    await place.holdCounters();
    return readTotals(server.get);
  });
}

interface Answer {
  readonly rejected: readonly { index: number; code: string; retryable: boolean }[];
}

type Post = (body: string) => Promise<{ status: number; text: string }>;

async function sendOnce(post: Post, body: string): Promise<string[]> {
  const { status, text } = await post(body);
  hold(status === 200, `ingest answered ${status}: ${text}`);
  const { rejected } = JSON.parse(text) as Answer;
  const { records } = JSON.parse(body) as { records: unknown[] };
  for (const { code, retryable } of rejected) hold(retryable, `refused for good: ${code}`);
  if (rejected.length === 0) return [];
  return [JSON.stringify({ records: rejected.map(({ index }) => records[index]) })];
}

interface Row {
  readonly id: string;
  readonly [field: string]: unknown;
}

async function readTotals(get: <T>(path: string) => Promise<T>): Promise<string> {
  const rows: Row[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: { items: Row[]; next_cursor: string | null } = await get(
      `/sessions?limit=500${cursor === '' ? '' : `&cursor=${cursor}`}`,
    );
    rows.push(...page.items);
    cursor = page.next_cursor;
  }
  // A range without an end is cut into buckets up to the present, which moves on between two looks.
  const stats = await get<{ total_cost: { series: unknown } }>('/sessions/stats');
  const { series: _buckets, ...total } = stats.total_cost;
  const kept = rows
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((row) => counted.map((field) => row[field]));
  return JSON.stringify([kept, total]);
}

const counted = [
  'id',
  'status',
  'total_cost_nano_usd',
  'late_cost',
  'total_tokens',
  'event_count',
  'step_count',
  'llm_count',
  'tool_count',
  'error_count',
  'unpriced_count',
  'metrics',
  'delivery',
  'tree',
  'child_count',
];
