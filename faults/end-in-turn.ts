import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { openBalancer } from './balancer.ts';
import { hold, type Fault } from './fault.ts';
import { faultDirectory, openPlace } from './place.ts';
import { faultKey, type ServerUnderFault } from './server-under-fault.ts';
import { holdStored } from './stored-events.ts';
import { eventsOf, trafficBatches } from './traffic.ts';

const senders = 6;
const batchSize = 20;
const sessionsPerSender = 40;
/** Tries of one batch: a sender whose server ends finds another within a few. */
const tries = 50;
const answerWithinMs = 15_000;
/** A server gives itself 10 s to answer what it has taken. */
const endsWithinMs = 10_000;
/** Load between two restarts, ms. */
const betweenMs = 500;

const acknowledgedIsThere = '0 acknowledged events missing, counters = recomputed';

/** Two servers over one database, behind a balancer that is not told, ended and begun again one after the other. */
export const restartInTurn: Fault = {
  name: 'restart-in-turn',
  what: 'two servers over one database restarted in turn under load',
  gate: `${acknowledgedIsThere}; answers are 200, 503 with Retry-After, or a cut connection`,
  engines: ['postgres'],
  rounds: { full: 40, short: 1 },
  run: async (rounds) => `${rounds} restarts, ${await endInTurn(rounds, endPolitely)}`,
};

/** The same, each killed at a random moment. */
export const killInTurn: Fault = {
  name: 'kill-in-turn',
  what: 'two servers over one database killed in turn under load',
  gate: acknowledgedIsThere,
  engines: ['postgres'],
  rounds: { full: 50, short: 1 },
  run: async (rounds) => `${rounds} kills, ${await endInTurn(rounds, killSometime)}`,
};

async function endInTurn(
  rounds: number,
  end: (server: ServerUnderFault) => Promise<void>,
): Promise<string> {
  const [place, balancer] = await Promise.all([openPlace('postgres'), openBalancer()]);
  const other = faultDirectory();
  const begin = (isOther: boolean) => place.start(isOther ? { NIITAKA_DATA: other.path } : {});
  let servers = [await begin(false), await begin(true)];
  const turn = () => balancer.turnTo(servers.map(({ url }) => url));
  turn();
  const load = startLoad(balancer.url);
  try {
    for (let round = 0; round < rounds; round += 1) {
      const [next, stays] = servers;
      if (next === undefined || stays === undefined) throw new Error('there are two servers');
      await Promise.race([pause(betweenMs), load.failed]);
      await end(next);
      servers = [stays, await begin(round % 2 === 1)];
      turn();
    }
    const { acknowledged, seen } = await load.stop();
    const [reader] = servers;
    const count = reader === undefined ? 0 : await holdStored(reader, acknowledged);
    hold(count > 0, 'no event was sent');
    await place.holdCounters();
    return `${count} acknowledged events, all there; ${seen}`;
  } finally {
    await load.stop().catch(() => undefined);
    await Promise.all(servers.map((server) => server.stop()));
    await balancer.close();
    await place.remove();
    other.remove();
  }
}

async function killSometime(server: ServerUnderFault): Promise<void> {
  await pause(Math.random() * betweenMs);
  await server.kill();
}

async function endPolitely(server: ServerUnderFault): Promise<void> {
  const startedAt = performance.now();
  await server.stop();
  const ms = performance.now() - startedAt;
  hold(ms < endsWithinMs, `a server took ${Math.round(ms)} ms to end`);
}

interface Load {
  /** Rejects as soon as one sender sees what it may not. */
  readonly failed: Promise<never>;
  stop(): Promise<{
    readonly acknowledged: ReadonlyMap<string, ReadonlySet<string>>;
    readonly seen: string;
  }>;
}

/** Senders that go on until they are stopped, each over a connection that it keeps. */
function startLoad(url: string): Load {
  const acknowledged = new Map<string, Set<string>>();
  const seen = { answered: 0, refused: 0, cut: 0 };
  const over = new AbortController();
  const send = async (index: number) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let seed = index + 1; !over.signal.aborted; seed += senders) {
      for (const body of trafficBatches(seed, sessionsPerSender, batchSize)) {
        if (over.signal.aborted) break;
        await postUntilTaken(url, agent, body, seen);
        for (const { sessionId, eventId } of eventsOf(body)) {
          const known = acknowledged.get(sessionId) ?? new Set();
          acknowledged.set(sessionId, known.add(eventId));
        }
      }
    }
    agent.destroy();
  };
  const sending = Promise.all(Array.from({ length: senders }, (_, index) => send(index)));
  const failed = sending.then(() => new Promise<never>(() => undefined));
  failed.catch(() => undefined);
  return {
    failed,
    async stop() {
      over.abort();
      await sending;
      const { answered, refused, cut } = seen;
      const text = `${answered} batches taken, ${refused} told to come again, ${cut} connections cut`;
      return { acknowledged, seen: text };
    },
  };
}

async function postUntilTaken(
  url: string,
  agent: Agent,
  body: string,
  seen: { answered: number; refused: number; cut: number },
): Promise<void> {
  for (let tried = 0; tried < tries; tried += 1) {
    const answer = await post(url, agent, body);
    if (answer === null) {
      seen.cut += 1;
      await pause(20);
      continue;
    }
    const { status, retryAfter, text } = answer;
    if (status === 503) {
      hold(Number(retryAfter) > 0, `503 came without Retry-After: ${text}`);
      seen.refused += 1;
      await pause(100);
      continue;
    }
    hold(status === 200, `ingest answered ${status}: ${text}`);
    hold(text.includes('"rejected":[]'), `records were refused: ${text.slice(0, 300)}`);
    seen.answered += 1;
    return;
  }
  throw new Error(`a batch was not taken in ${tries} tries`);
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/** Null where the connection was cut before the answer was whole. */
function post(url: string, agent: Agent, body: string): Promise<Answer | null> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-api-key': faultKey, 'content-type': 'application/json' };
    const sent = request(`${url}/api/v1/ingest`, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('close', () => {
        if (!response.complete) return resolve(null);
        const { statusCode: status = 0, headers: answered } = response;
        return resolve({ status, retryAfter: answered['retry-after'], text });
      });
    });
    sent.setTimeout(answerWithinMs, () => reject(new Error('no answer came in time')));
    sent.on('error', () => resolve(null));
    sent.end(body);
  });
}
