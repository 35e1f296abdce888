import { engineNames } from '../server/src/storage/port.ts';
import { hold, type Fault } from './fault.ts';
import { openPlace } from './place.ts';
import type { ServerUnderFault } from './server-under-fault.ts';
import { holdStored } from './stored-events.ts';
import { eventsOf, trafficBatches } from './traffic.ts';

const senders = 4;
const batchSize = 20;
const sessionsPerSender = 60;
/** Batches acknowledged in one life at most: the kill falls somewhere before. */
const longestLife = 120;

/** kill -9 at random points under load: what was acknowledged is there, and every counter is right. */
export const killServer: Fault = {
  name: 'kill-server',
  what: 'kill -9 of the server under load',
  gate: '0 acknowledged events missing, counters = recomputed',
  engines: engineNames,
  rounds: { full: 200, short: 20, shortOnPostgres: 2 },
  async run(rounds, engine) {
    const place = await openPlace(engine);
    const acknowledged = new Map<string, Set<string>>();
    let count = 0;
    try {
      for (let round = 0; round < rounds; round += 1) {
        const server = await place.start();
        await loadUntilKilled(server, round, (body) => {
          for (const { sessionId, eventId } of eventsOf(body)) {
            const known = acknowledged.get(sessionId) ?? new Set();
            acknowledged.set(sessionId, known.add(eventId));
            count += 1;
          }
        });
        await place.holdCounters(`after kill ${round + 1}`);
      }
      const server = await place.start();
      await holdStored(server, acknowledged).finally(() => server.stop());
    } finally {
      await place.remove();
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
