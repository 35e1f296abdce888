import { generateSessions, inBatches } from '../bench/generate.ts';

/** Records of agent-shaped traffic, in batches as senders send them; the same seed gives the same bytes. */
export function trafficBatches(seed: number, sessions: number, batchSize: number): string[] {
  const toMs = Date.now() - 60_000;
  const traffic = generateSessions({
    seed,
    sessions,
    fromMs: toMs - 3_600_000,
    toMs,
    maxEvents: 400,
    contentBytes: 200,
  });
  return [...inBatches(traffic, batchSize)].map((records) => JSON.stringify({ records }));
}

/** The ids of the events in a batch, by session. */
export function eventsOf(body: string): { sessionId: string; eventId: string }[] {
  const { records } = JSON.parse(body) as { records: Record<string, unknown>[] };
  return records
    .filter((record) => typeof record['event_id'] === 'string' && record['kind'] === 'event')
    .map((record) => ({
      sessionId: String(record['session_id']),
      eventId: String(record['event_id']),
    }));
}
