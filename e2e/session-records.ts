import { randomUUID } from 'node:crypto';
import type { IngestRecord } from '@niitaka/protocol/ingest.ts';

type EventType = 'llm' | 'tool' | 'decision' | 'error' | 'log';

export interface EventShape {
  readonly name?: string;
  readonly parent?: string;
  readonly level?: 'info' | 'error';
  readonly data?: Record<string, unknown>;
  /** How long it took; null leaves it open. */
  readonly ms?: number | null;
}

/** One session told record by record, as a sender numbers them. */
export interface SessionScript {
  readonly id: string;
  readonly records: IngestRecord[];
  /** Adds an event that many ms after the start; answers its id. */
  event(type: EventType, atMs: number, shape?: EventShape): string;
  /** Adds any other numbered record. */
  add(record: IngestRecord): void;
  end(atMs: number): void;
}

export function sessionScript(
  startMs: number,
  start: Partial<Extract<IngestRecord, { kind: 'session.start' }>>,
): SessionScript {
  const id = randomUUID();
  const sender = randomUUID();
  const time = (atMs: number) => new Date(startMs + atMs).toISOString();
  const records: IngestRecord[] = [
    { kind: 'session.start', session_id: id, started_at: time(0), ...start },
  ];
  let seq = 0;
  const add = (record: IngestRecord) => {
    seq += 1;
    records.push({ ...record, sender, seq } as IngestRecord);
  };
  return {
    id,
    records,
    add,
    event(type, atMs, { name, parent, level, data = {}, ms = 0 } = {}) {
      const eventId = randomUUID();
      add({
        kind: 'event',
        session_id: id,
        event_id: eventId,
        type,
        started_at: time(atMs),
        ...(ms !== null && { ended_at: time(atMs + ms), latency_ms: ms }),
        ...(name !== undefined && { name }),
        ...(parent !== undefined && { parent_event_id: parent }),
        ...(level !== undefined && { level }),
        data,
      });
      return eventId;
    },
    end(atMs) {
      records.push({
        kind: 'session.end',
        session_id: id,
        sender,
        ended_at: time(atMs),
        last_seq: seq,
      });
    },
  };
}
