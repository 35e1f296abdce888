import { hold, type Fault } from './fault.ts';
import { faultDirectory, startUnderFault, type ServerUnderFault } from './server-under-fault.ts';
import { eventsOf, trafficBatches } from './traffic.ts';

const senders = 4;
const batchSize = 20;
const sessionsPerSender = 60;
/** Batches acknowledged in one life at most: the kill falls somewhere before. */
const longestLife = 120;

/** kill -9 at random points under load: what was acknowledged is there, and every counter is right. */
export const killServer: Fault = {
  name: 'kill -9 of the server under load',
  gate: '0 acknowledged events missing, counters = recomputed',
  rounds: { full: 200, short: 20 },
  async run(rounds) {
    const directory = faultDirectory();
    const acknowledged = new Map<string, Set<string>>();
    let count = 0;
    try {
      for (let round = 0; round < rounds; round += 1) {
        const server = await startUnderFault(directory.path);
        await loadUntilKilled(server, round, (body) => {
          for (const { sessionId, eventId } of eventsOf(body)) {
            const known = acknowledged.get(sessionId) ?? new Set();
            acknowledged.set(sessionId, known.add(eventId));
            count += 1;
          }
        });
        const { differenceCount, differences } = server.verify();
        hold(differenceCount === 0, `round ${round}: ${JSON.stringify(differences[0])}`);
      }
      await checkAll(directory.path, acknowledged);
    } finally {
      directory.remove();
    }
    return `${rounds} kills, ${count} acknowledged events, all there`;
  },
};

async function loadUntilKilled(
  server: ServerUnderFault,
  round: number,
  onAcknowledged: (body: string) => void,
): Promise<void> {
  let left = Math.floor(Math.random() * longestLife);
  let killing: Promise<void> | null = null;
  const send = async (bodies: readonly string[]) => {
    for (const body of bodies) {
      if (left <= 0) killing ??= server.kill();
      if (killing !== null) return;
      left -= 1;
      const answer = await server.post(body).catch(() => null);
      if (answer === null) return;
      hold(answer.status === 200, `ingest answered ${answer.status}: ${answer.text}`);
      hold(answer.text.includes('"rejected":[]'), `records refused: ${answer.text.slice(0, 300)}`);
      onAcknowledged(body);
    }
  };
  const bodies = Array.from({ length: senders }, (_, index) =>
    trafficBatches(round * senders + index + 1, sessionsPerSender, batchSize),
  );
  await Promise.all(bodies.map(send));
  await (killing ?? server.kill());
}

async function checkAll(
  dataDir: string,
  acknowledged: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<void> {
  const server = await startUnderFault(dataDir);
  try {
    for (const [sessionId, wanted] of acknowledged) {
      const found = await storedEvents(server, sessionId);
      for (const eventId of wanted) {
        hold(
          found.has(eventId),
          `event ${eventId} of session ${sessionId} was acknowledged and is gone`,
        );
      }
    }
  } finally {
    await server.stop();
  }
}

interface Page {
  readonly items: readonly { readonly event_id: string }[];
  readonly next_after: number | null;
}

async function storedEvents(server: ServerUnderFault, sessionId: string): Promise<Set<string>> {
  const found = new Set<string>();
  let after: number | null = 0;
  while (after !== null) {
    const path: string = `/sessions/${sessionId}/events?content=none&limit=500&after=${after}`;
    const page: Page = await server.get<Page>(path);
    for (const { event_id: id } of page.items) found.add(id);
    after = page.next_after;
  }
  return found;
}
