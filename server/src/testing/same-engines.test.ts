import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Reader } from '../storage/reader.ts';
import { openReader } from '../storage/sqlite/connection.ts';
import { verifyDatabase } from '../storage/postgres/verify.ts';
import { openReads } from '../storage/sqlite/reads.ts';
import { openPostgresStore, type PostgresStore } from './open-postgres-store.ts';
import { addOrganisation, openStore, type TestStore } from './open-store.ts';
import {
  close,
  end,
  error,
  eventId,
  heartbeat,
  iso,
  llm,
  metrics,
  noonMs,
  numbered,
  opening,
  sessionId,
  signal,
  start,
  tool,
  trace,
  update,
} from './records.ts';

const orgOf = (round: number) => `01990000-0000-7000-8000-${round.toString(16).padStart(12, '0')}`;
const rounds = 40;
const orgIds = Array.from({ length: rounds + 1 }, (_, round) => orgOf(round));

let sqlite: TestStore;
let postgres: PostgresStore;
let readers: readonly [Reader, Reader];

beforeAll(async () => {
  sqlite = openStore(noonMs + 20_000);
  for (const orgId of orgIds) addOrganisation(sqlite.db, orgId);
  postgres = await openPostgresStore(noonMs + 20_000, orgIds);
  readers = [openReads(openReader(sqlite.path)), postgres.reader];
});

afterAll(async () => {
  sqlite.close();
  await postgres.close();
});

const sessions = [1, 2, 3, 4];
const session = fc.constantFrom(...sessions);
const event = fc.integer({ min: 1, max: 8 });
const seq = fc.integer({ min: 1, max: 12 });
const place = fc.option(fc.tuple(fc.constantFrom(1, 2), seq), { nil: null });
const placed = (where: [number, number] | null) => (where === null ? {} : numbered(...where));
const at = (ms: number) => ({ started_at: iso(noonMs + ms), ended_at: iso(noonMs + ms + 500) });

/** Records of a small world, so that they meet: repeats, both halves of an event, ends before events, trees. */
const record = fc.oneof(
  fc
    .record({ session, parent: fc.option(session), goal: fc.constantFrom('find me', 'é', null) })
    .map(({ session: own, parent, goal }) =>
      start(own, {
        agent_id: `agent-${own % 2}`,
        ...(goal === null ? {} : { goal }),
        ...(parent === null ? {} : { parent_session_id: sessionId(parent) }),
        tags: { team: 'red' },
      }),
    ),
  fc
    .tuple(session, event, place, fc.integer({ min: 0, max: 9_000 }))
    .map(([own, number, where, ms]) => llm(own, number, { ...placed(where), ...at(ms) })),
  fc
    .tuple(session, event, place)
    .map(([own, number, where]) => llm(own, number, { ...placed(where), ...opening })),
  fc
    .tuple(session, event, place)
    .map(([own, number, where]) => update(llm(own, number, placed(where)))),
  fc.tuple(session, event).map(([own, number]) => tool(own, number + 20, at(3_000))),
  fc.tuple(session, event).map(([own, number]) => error(own, number + 40)),
  fc.tuple(session, place).map(([own, where]) => metrics(own, { score: 0.5 }, placed(where))),
  fc.tuple(session, event).map(([own, number]) => signal(own, number)),
  fc.tuple(session, event).map(([own, number]) => trace(own, number)),
  fc.tuple(session, seq).map(([own, last]) => close(own, 1, last)),
  fc
    .tuple(session, seq)
    .map(([own, last]) => end(own, 4_000, { ...numbered(1, last), last_seq: last })),
  session.map((own) => heartbeat(own)),
);

const batches = fc.array(fc.array(record, { minLength: 1, maxLength: 25 }), {
  minLength: 1,
  maxLength: 6,
});

test('both engines answer and keep the same, whatever comes in whatever order', async () => {
  let round = 0;
  await fc.assert(
    fc.asyncProperty(batches, async (all) => {
      round += 1;
      const orgId = orgOf(round % orgIds.length);
      if (round >= orgIds.length) return;
      for (const records of all) {
        const [left, right] = [
          await sqlite.ingest(records, { orgId }),
          await postgres.ingest(records, orgId),
        ];
        expect(right).toEqual(left);
      }
      const [left, right] = await Promise.all(readers.map((reader) => stateOf(reader, orgId)));
      expect(right).toEqual(left);
    }),
    { numRuns: rounds, endOnFailure: true },
  );
  // Senders here give one number to several records: where one of them is refused, the number stays refused.
  const found = [await verifyDatabase(postgres.database.url), sqlite.verify()].map(
    ({ differences, ...counts }) => ({
      ...counts,
      differences: differences.filter(({ check }) => check !== 'stored numbers are received'),
    }),
  );
  expect(found[0]).toEqual({ ...found[1], differences: [] });
}, 120_000);

/** Everything that pages show of an organisation; keys of rows are the engine's own. */
async function stateOf(reader: Reader, orgId: string): Promise<unknown> {
  const page = { order: 'position', afterPosition: null, afterTime: null } as const;
  const asked = { ...page, types: null, q: null, limit: 500 };
  const nowMs = noonMs + 60_000;
  const parts = sessions.map(async (number) => {
    const id = sessionId(number);
    return [
      await reader.sessionWhole(orgId, id, nowMs),
      (await reader.events(orgId, id, asked))?.map(({ priceId: _own, ...row }) => row),
      await reader.costParts(orgId, id),
      await reader.traces(orgId, id, null, 100),
      (await reader.event(orgId, id, eventId(1)))?.price,
    ];
  });
  return {
    sessions: await Promise.all(parts),
    totals: await reader.rangeTotals(orgId, {}, nowMs),
    agents: await reader.agents(orgId, { afterId: null, limit: 100, includesArchived: true }),
    changes: await reader.changesSince(orgId, 0, 1_000),
    revision: await reader.revision(orgId),
    tagged: (await reader.sessionIdsByTag(orgId, 'team', 'red', 10)).toSorted(),
  };
}
