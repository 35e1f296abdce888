import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { CreatedOrganisation } from '../server/src/commands/create-organisation.ts';
import { engineNames, type Storage } from '../server/src/storage/port.ts';
import { createDatabase } from '../server/src/testing/postgres-database.ts';
import { openPostgresStorage } from '../server/src/writer/open-postgres-storage.ts';
import { openStorage } from '../server/src/writer/open-storage.ts';
import { hold, shuffled, type Fault } from './fault.ts';
import { faultDirectory } from './place.ts';

/** Far longer than a round takes, so that whoever lives in a round lives at its end. */
const staleAfterMs = 20_000;
const sessionsPerRound = 50;
const sweepsPerRound = 4;
/** A session is this close to going stale when the race begins, ms. */
const closeMs = 15;
const longAgoMs = 60_000;

/** Events, ends and heartbeats against the sweep, at the very moment when sessions go stale. */
export const raceSweep: Fault = {
  name: 'race-sweep',
  what: 'events against the stale sweep',
  gate: 'never a wrong final status',
  engines: engineNames,
  rounds: { full: 10_000, short: 100 },
  async run(races, engine) {
    const rounds = Math.ceil(races / sessionsPerRound);
    if (engine === 'sqlite') await raceOnFile(rounds);
    else await raceOnDatabase(rounds);
    return `${rounds * sessionsPerRound} races, every session as it should be`;
  },
};

async function raceOnFile(rounds: number): Promise<void> {
  const directory = faultDirectory();
  const embedded = await openStorage({ dataDir: directory.path, staleAfterMs });
  await raceOn([embedded], rounds);
  directory.remove();
}

/** Two processes share it: their sweeps race too. */
async function raceOnDatabase(rounds: number): Promise<void> {
  const database = await createDatabase();
  const options = { url: database.url, listenUrl: null, staleAfterMs };
  const processes = [await openPostgresStorage(options), await openPostgresStorage(options)];
  await raceOn(processes, rounds);
  await database.drop();
}

/** What is sent for a session while it goes stale, and how it must end. */
const fates = ['event', 'heartbeat', 'old event', 'end', 'nothing'] as const;
type Fate = (typeof fates)[number];

const expected: Readonly<Record<Fate, string>> = {
  event: 'running',
  heartbeat: 'running',
  'old event': 'stale',
  end: 'done',
  nothing: 'stale',
};

async function raceOn(storages: readonly Storage[], rounds: number): Promise<void> {
  const [first] = storages;
  if (first === undefined) throw new Error('there is no storage to race on');
  const key = { name: 'first', prefix: 'nk_fault', hash: randomUUID() };
  const made = await first.run('create-organisation', { name: 'Faults', key, adminName: 'Admin' });
  if (!made.ok) throw new Error(made.failure.message);
  const orgId = (made.value as CreatedOrganisation).organisation.id;
  try {
    for (let round = 0; round < rounds; round += 1) await race(storages, first, orgId);
  } finally {
    await Promise.all(storages.map((storage) => storage.close()));
  }
}

async function race(storages: readonly Storage[], first: Storage, orgId: string): Promise<void> {
  const sessions = Array.from({ length: sessionsPerRound }, (_, index) => ({
    id: randomUUID(),
    fate: fates[index % fates.length] ?? 'nothing',
  }));
  const startMs = Date.now();
  const bornMs = startMs - staleAfterMs + closeMs;
  const starts = sessions.map(({ id }) => ({
    kind: 'session.start',
    session_id: id,
    started_at: new Date(bornMs).toISOString(),
  }));
  await post(first, orgId, starts);
  await pause(Math.max(0, bornMs + staleAfterMs - Date.now()));
  const pick = () => storages[Math.floor(Math.random() * storages.length)] ?? first;
  const acts = [
    ...sessions.map(
      ({ id, fate }) =>
        () =>
          act(pick(), orgId, id, fate),
    ),
    ...Array.from({ length: sweepsPerRound }, () => () => sweep(pick())),
  ];
  await Promise.all(shuffled(acts).map((one) => one()));
  // Who was quiet is closed by the next sweep at the latest.
  await pause(1);
  await sweep(first);
  for (const { id, fate } of sessions) {
    const found = await first.reader.sessionStatus(orgId, id);
    hold(found === expected[fate], `after ${fate} a session is ${found}`);
  }
}

async function act(storage: Storage, orgId: string, id: string, fate: Fate): Promise<void> {
  const nowMs = Date.now();
  const at = new Date(fate === 'old event' ? nowMs - longAgoMs : nowMs).toISOString();
  if (fate === 'nothing') return;
  if (fate === 'heartbeat') {
    return post(storage, orgId, [{ kind: 'session.heartbeat', session_ids: [id] }]);
  }
  if (fate === 'end') {
    return post(storage, orgId, [{ kind: 'session.end', session_id: id, ended_at: at }]);
  }
  const event = { kind: 'event', session_id: id, event_id: randomUUID(), type: 'tool', data: {} };
  return post(storage, orgId, [{ ...event, started_at: at, ended_at: at }]);
}

async function post(storage: Storage, orgId: string, records: readonly object[]): Promise<void> {
  const arrivedAtMs = Date.now();
  const sent = { sent_at: new Date(arrivedAtMs).toISOString(), records };
  const body = new Uint8Array(Buffer.from(JSON.stringify(sent)));
  const reply = await storage.ingest({
    orgId,
    senderId: 'sender',
    body,
    arrivedAtMs,
    controlPollMs: null,
  });
  hold(reply.status === 200, `ingest answered ${reply.status}: ${reply.text}`);
  hold(reply.text.includes('"rejected":[]'), `records refused: ${reply.text}`);
}

async function sweep(storage: Storage): Promise<void> {
  const swept = await storage.run('close-stale-sessions', null);
  if (!swept.ok) throw new Error(swept.failure.message);
}
