import { engineNames } from '../server/src/storage/port.ts';
import { hold, type Fault } from './fault.ts';
import { limitFiles, roomFor } from './limit-files.ts';
import { withServer, type Place } from './place.ts';
import { holdRefused, sendAll, type ServerUnderFault } from './server-under-fault.ts';
import { trafficBatches } from './traffic.ts';

/** Half of a page in the log: every other limit lets one page be written in part. */
const halfPageBytes = 4_108;

/** Enough for one batch of the size, whose sessions all begin in it. */
const sessions = 60;
const batchSize = 100;

/** One batch at a time, whose n-th write fails, for n from 1 on. */
export const failWrite: Fault = {
  name: 'fail-write',
  what: 'I/O error at the n-th write, for every n',
  gate: '503 + Retry-After, nothing half-written, recovers by itself',
  engines: engineNames,
  rounds: { full: 200, short: 6, shortOnPostgres: null },
  run: (rounds, engine) =>
    withServer(engine, async (server, place) => {
      const failNth = await openWriteFailures(server, place);
      let refused = 0;
      for (let n = 1; n <= rounds; n += 1) {
        const [body = ''] = trafficBatches(3_000 + n, sessions, batchSize);
        const allow = await failNth(n);
        const answer = await server.post(body);
        await allow();
        if (answer.status !== 200) {
          holdRefused(answer);
          refused += 1;
          await place.holdCounters(`after write ${n} failed`);
        }
        await sendAll(server, [body]);
      }
      hold(refused > 0, 'every batch was stored: the fault did not happen');
      await place.holdCounters();
      return `${rounds} batches, ${refused} told to wait and taken later`;
    }),
};

/** Lets the n-th write from now on fail; answers how to let all pass. */
type FailNth = (n: number) => Promise<() => Promise<void>>;

function openWriteFailures(server: ServerUnderFault, place: Place): Promise<FailNth> {
  return place.database === null ? failInFile(server) : failInDatabase(place);
}

/** Writes into the log: SQLite sees an I/O error, or a page written in part. */
async function failInFile({ pid, dataDir }: ServerUnderFault): Promise<FailNth> {
  return async (n) => {
    limitFiles(pid, roomFor(dataDir, (n - 1) * halfPageBytes));
    return async () => limitFiles(pid, null);
  };
}

/** Every statement that writes counts, also those that are rolled back. */
async function failInDatabase({ database }: Place): Promise<FailNth> {
  if (database === null) throw new Error('there is no database');
  await database.query('CREATE SEQUENCE fault_writes');
  await database.query('CREATE TABLE fault_at (n bigint NOT NULL)');
  await database.query('INSERT INTO fault_at VALUES (0)');
  await database.query(`CREATE FUNCTION fail_at() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF nextval('fault_writes') = (SELECT n FROM fault_at) THEN
      RAISE EXCEPTION 'could not write to file: Input/output error' USING ERRCODE = 'io_error';
    END IF;
    RETURN NULL;
  END $$`);
  const tables = await database.query(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace
     AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'fault_at'`,
  );
  for (const { name } of tables) {
    await database.query(
      `CREATE TRIGGER fail_at BEFORE INSERT OR UPDATE OR DELETE ON ${String(name)} FOR EACH STATEMENT EXECUTE FUNCTION fail_at()`,
    );
  }
  return async (n) => {
    await database.query(`SELECT setval('fault_writes', 1, false)`);
    await database.query('UPDATE fault_at SET n = $1', [n]);
    return async () => void (await database.query('UPDATE fault_at SET n = 0'));
  };
}
