import type { TestDatabase } from '../server/src/testing/postgres-database.ts';
import { engineNames } from '../server/src/storage/port.ts';
import { hold, type Fault } from './fault.ts';
import { limitFiles, roomFor } from './limit-files.ts';
import { withServer, type Place } from './place.ts';
import { holdRefused, sendAll, type ServerUnderFault } from './server-under-fault.ts';
import { trafficBatches } from './traffic.ts';

/** Room left to the log of the database before writes fail, bytes. */
const roomBytes = 400_000;

const sessions = 300;

const toldToWait = '503 + Retry-After, nothing half-written, recovers by itself';

/** Takes the power to write away; answers how to give it back. */
type StopWrites = (server: ServerUnderFault, place: Place) => Promise<() => Promise<void>>;

/** Nothing more can be stored: senders are told to wait, nothing is half written, and it recovers. */
export const fillDisk: Fault = {
  name: 'fill-disk',
  what: 'no room to write',
  gate: toldToWait,
  engines: engineNames,
  rounds: { full: 20, short: 1, shortOnPostgres: null },
  run: (rounds, engine) =>
    repeat(rounds, (seed) =>
      withServer(engine, (server, place) =>
        sendThrough(server, place, seed, place.database === null ? limitGrowth : refuseInserts),
      ),
    ),
};

/** A database that may only be read, as after a change of the primary: the file of SQLite cannot become so while it is open. */
export const readOnly: Fault = {
  name: 'read-only',
  what: 'a database that becomes read-only',
  gate: toldToWait,
  engines: ['postgres'],
  rounds: { full: 20, short: null },
  run: (rounds, engine) =>
    repeat(rounds, (seed) =>
      withServer(engine, (server, place) => sendThrough(server, place, seed, makeReadOnly)),
    ),
};

async function repeat(rounds: number, once: (seed: number) => Promise<number>): Promise<string> {
  let refused = 0;
  for (let round = 0; round < rounds; round += 1) refused += await once(2_000 + round);
  return `${rounds} rounds, ${refused} batches told to wait and taken later`;
}

async function sendThrough(
  server: ServerUnderFault,
  place: Place,
  seed: number,
  stopWrites: StopWrites,
): Promise<number> {
  const bodies = trafficBatches(seed, sessions, 100);
  await sendAll(server, bodies.splice(0, 2));
  const allowWrites = await stopWrites(server, place);
  const waiting: string[] = [];
  for (const body of bodies) {
    const answer = await server.post(body);
    if (answer.status === 200) continue;
    holdRefused(answer);
    waiting.push(body);
  }
  hold(waiting.length > 0, 'everything was stored: the fault did not happen');
  await place.holdCounters('while nothing can be written');
  await allowWrites();
  await sendAll(server, waiting);
  await place.holdCounters();
  return waiting.length;
}

const limitGrowth: StopWrites = async ({ pid, dataDir }) => {
  limitFiles(pid, roomFor(dataDir, roomBytes));
  return async () => limitFiles(pid, null);
};

/** The server's own word for a full disk, on every row of an event. */
const refuseInserts: StopWrites = async (_server, place) => {
  const database = databaseOf(place);
  await database.query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full'; END $$`);
  await database.query(
    'CREATE TRIGGER refuse BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION refuse()',
  );
  return async () => void (await database.query('DROP FUNCTION refuse CASCADE'));
};

const makeReadOnly: StopWrites = async (_server, place) => {
  const database = databaseOf(place);
  const set = async (value: 'on' | 'off') => {
    await database.query(
      `BEGIN READ WRITE; ALTER DATABASE ${database.name} SET default_transaction_read_only = ${value}; COMMIT`,
    );
    // It holds for connections made from now on.
    await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
  };
  await set('on');
  return () => set('off');
};

function databaseOf({ database }: Place): TestDatabase {
  if (database === null) throw new Error('this fault needs a database server');
  return database;
}
