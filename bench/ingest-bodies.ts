import { uuidV7 } from '@niitaka/core/ids/uuid-v7.ts';
import { eventOf } from './generate-event.ts';
import type { Body } from './post-batches.ts';
import { seededRandom } from './random.ts';

/** The agents whose sessions they are, in turn. */
export const ingestAgents: readonly string[] = Array.from({ length: 40 }, (_, n) => `agent-${n}`);

/** Events of one session before its sender begins the next. */
const eventsPerSession = 200;

/** Bytes of content in an event. */
const contentBytes = 600;

/**
 * Bodies as one sender posts them: a session begins, its events follow in batches, it ends, the next begins. Event
 * ids, numbers and times are new in every body; content repeats, so that making it costs little.
 */
export function* ingestBodies(
  seed: number,
  batchSize: number,
  nowMs: () => number,
): Generator<Body, never> {
  const random = seededRandom(seed);
  const ids = idSource(seed);
  const sender = ids(nowMs());
  const shapes = Array.from({ length: 256 }, () => eventShape(random));
  for (let session = 0; ; session += 1) {
    const sessionId = ids(nowMs());
    const start = JSON.stringify({
      kind: 'session.start',
      session_id: sessionId,
      agent_id: ingestAgents[session % ingestAgents.length],
      goal: `Answer ticket ${seed * 100_000 + session}`,
      started_at: iso(nowMs()),
    });
    for (let seq = 0; seq < eventsPerSession;) {
      const records = seq === 0 ? [start] : [];
      const count = Math.min(batchSize, eventsPerSession - seq);
      for (let index = 0; index < count; index += 1) {
        seq += 1;
        const shape = shapes[random.between(0, shapes.length - 1)] ?? '';
        const at = nowMs();
        records.push(
          `{"kind":"event","session_id":"${sessionId}","event_id":"${ids(at)}","sender":"${sender}","seq":${seq},"started_at":"${iso(at - 1_000)}","ended_at":"${iso(at)}",${shape}`,
        );
      }
      if (seq === eventsPerSession) {
        const ending = { kind: 'session.end', session_id: sessionId, sender, last_seq: seq };
        records.push(JSON.stringify({ ...ending, ended_at: iso(nowMs()) }));
      }
      const text = `{"sent_at":"${iso(nowMs())}","records":[${records.join(',')}]}`;
      yield { bytes: Buffer.from(text), events: count };
    }
  }
}

/** The part of an event that does not change from one to the next, as JSON without its first brace. */
function eventShape(random: ReturnType<typeof seededRandom>): string {
  const place = { sessionId: '', sender: '', seq: 1, startMs: 0 };
  const { record } = eventOf(random, place, 0.05, contentBytes);
  const { type, name, latency_ms: latencyMs, data } = record as Record<string, unknown>;
  return JSON.stringify({ type, name, latency_ms: latencyMs, data }).slice(1);
}

function idSource(seed: number): (atMs: number) => string {
  const bytes = new Uint8Array(10);
  let count = 0;
  return (atMs) => {
    count += 1;
    new DataView(bytes.buffer).setUint32(2, count);
    new DataView(bytes.buffer).setUint16(6, seed);
    return uuidV7(atMs, bytes);
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
