import { randomUUID } from 'node:crypto';
import type { IngestRecord } from '@niitaka/protocol/ingest.ts';

/** What one session of a test is made of; all but the goal has a plain default. */
export interface SessionShape {
  readonly id?: string;
  readonly goal: string;
  readonly agent?: string;
  readonly parent?: string;
  readonly startMs?: number;
  /** How long it ran; null leaves it running. */
  readonly durationMs?: number | null;
  readonly costUsd?: number | null;
  readonly errors?: number;
  readonly environment?: string;
  readonly metrics?: Readonly<Record<string, number | boolean>>;
  readonly tags?: Readonly<Record<string, string>>;
}

/** One session as a sender would tell it: a start, a call, errors, metrics, an end. */
export function sessionRecords(shape: SessionShape): { id: string; records: IngestRecord[] } {
  const id = shape.id ?? randomUUID();
  const sender = randomUUID();
  const startMs = shape.startMs ?? Date.now() - 60_000;
  const durationMs = shape.durationMs === undefined ? 4_000 : shape.durationMs;
  const time = (offset: number) => new Date(startMs + offset).toISOString();
  const errors = Array.from({ length: shape.errors ?? 0 }, () => ({
    type: 'error' as const,
    data: { kind: 'timeout', message: 'the tool did not answer' },
  }));
  const call = {
    type: 'llm' as const,
    name: 'claude-sonnet-5',
    data: {
      provider: 'test',
      model: 'test-model',
      input_tokens: 10,
      output_tokens: 5,
      ...costOf(shape),
    },
  };
  const events: IngestRecord[] = [call, ...errors].map((event, index) => ({
    kind: 'event',
    session_id: id,
    event_id: randomUUID(),
    sender,
    seq: index + 1,
    started_at: time(100 + index),
    ended_at: time(200 + index),
    ...event,
  }));
  const records: IngestRecord[] = [startOf(shape, id, time(0)), ...events];
  if (shape.metrics !== undefined) {
    records.push({
      kind: 'session.metrics',
      session_id: id,
      metrics: { ...shape.metrics },
      recorded_at: time(300),
    });
  }
  if (durationMs !== null) {
    const last = { sender, last_seq: events.length };
    records.push({ kind: 'session.end', session_id: id, ended_at: time(durationMs), ...last });
  }
  return { id, records };
}

function startOf(shape: SessionShape, id: string, startedAt: string): IngestRecord {
  return {
    kind: 'session.start',
    session_id: id,
    goal: shape.goal,
    agent_id: shape.agent ?? 'support-router',
    started_at: startedAt,
    ...(shape.parent !== undefined && { parent_session_id: shape.parent }),
    ...(shape.environment !== undefined && { environment: shape.environment }),
    ...(shape.tags !== undefined && { tags: { ...shape.tags } }),
  };
}

function costOf(shape: SessionShape): { cost_usd?: number } {
  if (shape.costUsd === null) return {};
  return { cost_usd: shape.costUsd ?? 0.0184 };
}
