import { randomBytes } from 'node:crypto';
import { uuidV7 } from '@niitaka/core/ids/uuid-v7.ts';
import type { IngestRecord } from '@niitaka/protocol/ingest.ts';
import { failureData, modelCallData, sampleTag, stepSeconds, type Run, type Step } from './plan.ts';

/** The records that a run would have sent had it started at `startMs`, its delegated runs included. */
export function recordRun(
  run: Run,
  startMs: number,
  parentSessionId: string | null,
): IngestRecord[] {
  const session = { id: newId(startMs), sender: newId(startMs), seq: 0 };
  const records: IngestRecord[] = [startRecord(run, session.id, startMs, parentSessionId)];
  let at = startMs;
  for (const step of run.steps) {
    if (step.does === 'delegate') {
      records.push(...step.runs.flatMap((child) => recordRun(child, at, session.id)));
    } else if (step.does !== 'wait') {
      records.push(eventRecord(step, session, at));
    }
    at += stepSeconds(step) * 1000;
  }
  return run.metrics === null ? records : [...records, ...endRecords(run.metrics, session, at)];
}

interface Sending {
  readonly id: string;
  readonly sender: string;
  seq: number;
}

function startRecord(run: Run, id: string, startMs: number, parent: string | null): IngestRecord {
  return {
    kind: 'session.start',
    session_id: id,
    agent_id: run.agentId,
    goal: run.goal,
    environment: 'production',
    parent_session_id: parent,
    agent_version: run.agentVersion,
    user_id: run.userId ?? null,
    conversation_id: run.conversationId ?? null,
    tags: { ...run.tags, ...sampleTag },
    started_at: timeText(startMs),
  };
}

function eventRecord(
  step: Exclude<Step, { does: 'delegate' | 'wait' }>,
  session: Sending,
  startMs: number,
): IngestRecord {
  const latencyMs = stepSeconds(step) * 1000;
  session.seq += 1;
  return {
    kind: 'event',
    session_id: session.id,
    event_id: newId(startMs),
    sender: session.sender,
    seq: session.seq,
    ...eventBody(step),
    started_at: timeText(startMs),
    ended_at: timeText(startMs + latencyMs),
    latency_ms: latencyMs,
  };
}

function eventBody(step: Exclude<Step, { does: 'delegate' | 'wait' }>) {
  switch (step.does) {
    case 'call':
      return { type: 'llm', name: step.model, data: modelCallData(step) } as const;
    case 'use':
      return {
        type: 'tool',
        name: step.tool,
        data: { input: step.input, output: step.output },
      } as const;
    case 'fail':
      return {
        type: 'error',
        name: step.tool ?? step.model ?? null,
        data: failureData(step),
      } as const;
    case 'decide': {
      const { choice, options, reason } = step;
      return { type: 'decision', data: { choice, options, reason } } as const;
    }
    case 'log':
      return { type: 'log', data: { message: step.message } } as const;
  }
}

function endRecords(
  metrics: NonNullable<Run['metrics']>,
  session: Sending,
  endMs: number,
): IngestRecord[] {
  const at = timeText(endMs);
  const { id, sender } = session;
  const seq = session.seq + 1;
  return [
    { kind: 'session.metrics', session_id: id, sender, seq, metrics, recorded_at: at },
    { kind: 'session.end', session_id: id, sender, ended_at: at, last_seq: seq },
  ];
}

function newId(timeMs: number): string {
  return uuidV7(Math.floor(timeMs), randomBytes(10));
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
