import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deleteSession } from '../../commands/delete-session.ts';
import {
  end,
  error,
  eventId,
  iso,
  llm,
  noonMs,
  opening,
  sessionId,
  start,
  testOrgId,
  tool,
  update,
} from '../../testing/records.ts';
import type { Verification } from '../verify/verification.ts';
import type { ReadStore } from './session-reads.ts';

/** A store that can be recomputed as a whole. */
export interface HistoryStore extends ReadStore {
  verify(): Promise<Verification>;
}

const otherOrgId = '00000000-0000-7000-8000-0000000000ee';
const hourMs = 3_600_000;
const sessionsOfRun = 5;
const eventsOfSession = 8;

/** One thing that happens to a session of a run; what an event is follows from its number. */
interface Happening {
  readonly what: 'start' | 'open' | 'close' | 'whole' | 'end' | 'delete' | 'elsewhere';
  readonly session: number;
  readonly event: number;
}

const happening: fc.Arbitrary<Happening> = fc.record({
  what: fc.constantFrom('start', 'open', 'close', 'whole', 'whole', 'end', 'delete', 'elsewhere'),
  session: fc.integer({ min: 1, max: sessionsOfRun }),
  event: fc.nat(eventsOfSession - 1),
});

/** Mostly everything begins; then batches of whatever, in any order and more than once. */
const history = fc.record({
  begun: fc.subarray([1, 2, 3, 4, 5], { minLength: 2 }),
  batches: fc.array(fc.array(happening, { minLength: 1, maxLength: 6 }), { maxLength: 8 }),
});

/** What the rules say a session comes to, kept as the set of what was told of it. */
interface Told {
  isEnded: boolean;
  readonly known: Set<number>;
  readonly closed: Set<number>;
}

/** Whatever happens in whatever order, figures are those of what was told, and recompute to the last digit. */
export function historyContract(
  open: (nowMs: number, orgIds: readonly string[]) => Promise<HistoryStore>,
): void {
  describe('histories', () => {
    let store: HistoryStore;
    let runs = 0;
    beforeAll(async () => {
      store = await open(noonMs + 60_000, [otherOrgId]);
    });
    afterAll(() => store.close());

    test('every figure is that of what was told, however it came (E3, E4, S5, S12, O1)', async () => {
      await fc.assert(
        fc.asyncProperty(history, async ({ begun, batches }) => {
          runs += 1;
          const told = new Map<number, Told | 'deleted'>();
          const first = begun.map((session) => ({ what: 'start', session, event: 0 }) as const);
          for (const batch of [first, ...batches]) await carryOut(store, runs, batch, told);
          const living = [...told].filter(
            (entry): entry is [number, Told] => entry[1] !== 'deleted',
          );
          await checkSessions(store, runs, living);
          await checkRange(
            store,
            runs,
            living.map(([, one]) => figuresOf(one)),
          );
          if (runs % 5 === 0) expect((await store.verify()).differences).toEqual([]);
        }),
        { numRuns: 20 },
      );
      expect((await store.verify()).differences).toEqual([]);
    });
  });
}

async function carryOut(
  store: HistoryStore,
  run: number,
  batch: readonly Happening[],
  told: Map<number, Told | 'deleted'>,
): Promise<void> {
  const isTold = ({ what }: Happening) => what !== 'delete' && what !== 'elsewhere';
  // Whoever starts in a batch is known to all of it.
  const sent = batch.filter(isTold).toSorted((a, b) => rankOf(a) - rankOf(b));
  for (const one of sent) note(told, one);
  if (sent.length > 0) await store.ingest(sent.map((one) => recordOf(run, one)));
  for (const one of batch.filter((it) => it.what === 'elsewhere')) {
    const begun = recordOf(run, { ...one, what: 'start' });
    await store.ingest([begun, recordOf(run, { ...one, what: 'whole' })], otherOrgId);
  }
  for (const { session } of batch.filter((it) => it.what === 'delete')) {
    const id = sessionId(numberOf(run, session));
    const found = await store.run(deleteSession, { orgId: testOrgId, sessionId: id });
    const standing = told.get(session);
    expect(found.ok).toBe(standing !== undefined && standing !== 'deleted');
    if (found.ok) told.set(session, 'deleted');
  }
}

function rankOf({ what }: Happening): number {
  return what === 'start' ? 0 : 1;
}

function note(told: Map<number, Told | 'deleted'>, { what, session, event }: Happening): void {
  const standing = told.get(session);
  if (standing === 'deleted') return;
  if (standing === undefined) {
    if (what !== 'start') return;
    told.set(session, { isEnded: false, known: new Set(), closed: new Set() });
    return;
  }
  if (what === 'start') return;
  if (what === 'end') {
    standing.isEnded = true;
    return;
  }
  standing.known.add(event);
  if (what !== 'open') standing.closed.add(event);
}

/** The first four events begin before the end, at it, just after it, and long after it; so do the others. */
const startsAfter = [5_000, 10_000, 10_001, 20_000];
const costs = ['0.5', '0.000000001', '3'];

function recordOf(run: number, { what, session, event }: Happening): object {
  const number = numberOf(run, session);
  if (what === 'start') {
    return start(number, { environment: `run ${run}`, agent_id: `agent ${run}` });
  }
  if (what === 'end') return end(number, 10_000);
  const at = iso(noonMs + (startsAfter[event % 4] ?? 0));
  const times = { started_at: at, ended_at: iso(noonMs + 30_000) };
  const id = numberOf(run, session) * eventsOfSession + event;
  const costUsd = Number(costs[event % 3]);
  const priced = { data: { model: 'gpt-5', input_tokens: 1, output_tokens: 1, cost_usd: costUsd } };
  const record =
    event === 0
      ? error(number, id, times)
      : event % 2 === 0
        ? tool(number, id, times)
        : llm(number, id, { ...times, ...priced });
  if (what === 'open') return { ...record, ...opening };
  return { ...(what === 'close' ? update(record) : record), event_id: eventId(id) };
}

function numberOf(run: number, session: number): number {
  return run * 10 + session;
}

/** The rules about a session, read aloud. */
function figuresOf({ isEnded, known, closed }: Told) {
  const isLate = (event: number) => isEnded && (startsAfter[event % 4] ?? 0) > 10_000;
  const counted = [...closed].filter((event) => !isLate(event));
  const costOf = (events: readonly number[]) =>
    events
      .filter((event) => event % 2 === 1)
      .reduce((sum, event) => sum + BigInt(Math.round(Number(costs[event % 3]) * 1e9)), 0n);
  return {
    eventCount: known.size,
    stepCount: counted.filter((event) => event !== 0).length,
    llmCount: counted.filter((event) => event % 2 === 1).length,
    errorCount: counted.filter((event) => event === 0).length,
    totalCostNanoUsd: costOf(counted),
    lateCostNanoUsd: costOf([...closed].filter(isLate)),
    status: isEnded ? 'done' : 'running',
  };
}

async function checkSessions(
  store: HistoryStore,
  run: number,
  living: readonly (readonly [number, Told])[],
): Promise<void> {
  const all = Array.from({ length: sessionsOfRun }, (_, at) => sessionId(numberOf(run, at + 1)));
  const found = await store.reader.sessionSummaries(testOrgId, all, noonMs + 60_000);
  const byId = new Map(found.map(({ session }) => [session.id, session]));
  expect(found.length).toBe(living.length);
  for (const [number, told] of living) {
    expect(byId.get(sessionId(numberOf(run, number)))).toMatchObject(figuresOf(told));
  }
}

async function checkRange(
  store: HistoryStore,
  run: number,
  sessions: readonly ReturnType<typeof figuresOf>[],
): Promise<void> {
  const filter = { environments: [`run ${run}`], fromMs: noonMs, toMs: noonMs + hourMs };
  const totals = await store.reader.rangeTotals(testOrgId, filter, noonMs + 60_000);
  expect(totals).toMatchObject({
    sessions: sessions.length,
    withErrors: sessions.filter(({ errorCount }) => errorCount > 0).length,
    running: sessions.filter(({ status }) => status === 'running').length,
    costNanoUsd: sessions.reduce((sum, one) => sum + one.totalCostNanoUsd, 0n),
    lateCostNanoUsd: sessions.reduce((sum, one) => sum + one.lateCostNanoUsd, 0n),
    agents: sessions.length > 0 ? 1 : 0,
  });
  const request = { agentIds: [`agent ${run}`], range: {}, bucketMs: 24 * hourMs, durations: 9 };
  const [agent] = await store.reader.agentFigures(testOrgId, request);
  const steps = sessions.reduce((sum, one) => sum + one.stepCount, 0);
  expect(agent?.cells.map((cell) => cell.steps)).toEqual(sessions.length > 0 ? [steps] : []);
  expect(agent?.ended.length).toBe(sessions.filter(({ status }) => status === 'done').length);
}
