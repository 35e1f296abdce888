import { setTimeout as pause } from 'node:timers/promises';
import { engineNames } from '../server/src/storage/port.ts';
import { hold, type Fault } from './fault.ts';
import { storeSessions, storeTree } from './many-sessions.ts';
import { withServer, type Place } from './place.ts';
import { faultKey, type ServerUnderFault } from './server-under-fault.ts';

const sessions = 10_000;
const descendants = 4_000;
const askedAtOnce = 200;
const longestPatienceMs = 500;
const settleMs = 3_000;
/** What a read takes at most once all have hung up, ms. */
const answerLimitMs = 5_000;
/** How soon the database runs nothing for them any more, ms. */
const stoppedWithinMs = 1_000;

/** Hundreds ask for what takes long, and hang up: nobody who asks afterwards waits behind them. */
export const hangUp: Fault = {
  name: 'hang-up',
  what: '200 clients ask for slow reads at once and hang up',
  gate: 'no query outlives its client: the next read is answered within 5 s',
  engines: engineNames,
  rounds: { full: 20, short: null },
  run: (rounds, engine) =>
    withServer(engine, async (server, place) => {
      await storeSessions(server, sessions);
      const root = await storeTree(server, descendants);
      // What came in is in the file before the first round.
      await pause(settleMs);
      await server.get('/sessions?limit=50');
      let longest = 0;
      for (let round = 0; round < rounds; round += 1) {
        await Promise.all(
          Array.from({ length: askedAtOnce }, (_, at) => askInVain(server, root, at)),
        );
        const startedAt = performance.now();
        await server.get('/sessions?limit=50');
        const ms = performance.now() - startedAt;
        hold(ms < answerLimitMs, `the read after ${askedAtOnce} hang-ups took ${ms.toFixed(0)} ms`);
        longest = Math.max(longest, ms);
        await holdNothingRuns(place);
      }
      const { status } = await fetch(`${server.url}/readyz`);
      hold(status === 200, `afterwards /readyz answered ${status}`);
      return `${rounds * askedAtOnce} hang-ups, the next read took ${longest.toFixed(0)} ms at most`;
    }),
};

async function askInVain({ url }: ServerUnderFault, root: string, at: number): Promise<void> {
  const paths = [
    '/sessions?q=ticket+invoice&min_cost=1&sort=duration',
    '/sessions/export?format=csv',
    `/sessions/${root}/tree?depth=10`,
    `/sessions/${root}/tree?depth=5`,
  ];
  const path = `/api/v1${paths[at % paths.length]}`;
  const signal = AbortSignal.timeout(Math.ceil(Math.random() * longestPatienceMs));
  try {
    const answer = await fetch(url + path, { headers: { 'x-api-key': faultKey }, signal });
    await answer.arrayBuffer();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** The database server itself says what still runs. */
async function holdNothingRuns({ database }: Place): Promise<void> {
  if (database === null) return;
  const until = performance.now() + stoppedWithinMs;
  for (;;) {
    const rows = await database.query(
      `SELECT query FROM pg_stat_activity WHERE datname = current_database()
       AND state <> 'idle' AND query ILIKE '%select%sessions%' AND pid <> pg_backend_pid()`,
    );
    if (rows.length === 0) return;
    hold(performance.now() < until, `still running: ${String(rows[0]?.['query']).slice(0, 200)}`);
    await pause(50);
  }
}
