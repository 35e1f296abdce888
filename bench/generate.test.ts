import { IngestRecord } from '@niitaka/protocol/ingest.ts';
import { describe, expect, test } from 'vitest';
import { generateSessions, inBatches, maxGeneratedDepth, type TrafficOptions } from './generate.ts';

const day = 86_400_000;
const options: TrafficOptions = {
  seed: 7,
  sessions: 2000,
  fromMs: Date.UTC(2026, 0, 1),
  toMs: Date.UTC(2026, 0, 31),
};
const sessions = [...generateSessions(options)];
const records = sessions.flatMap((session) => session.records);
const events = records.filter((record) => record.kind === 'event');

describe('generateSessions()', () => {
  test('gives the same records for the same seed, others for another', () => {
    expect([...generateSessions(options)]).toEqual(sessions);
    const other = [...generateSessions({ ...options, seed: 8, sessions: 1 })];
    expect(other[0]?.sessionId).not.toBe(sessions[0]?.sessionId);
  });

  test('gives records that the wire takes', () => {
    for (const record of records.slice(0, 3000)) IngestRecord.parse(record);
    expect(new Set(events.map((event) => event.event_id)).size).toBe(events.length);
  });

  test('numbers what a sender sends from 1 to its last_seq', () => {
    const [first] = sessions;
    const numbers = first?.records.flatMap((record) => ('seq' in record ? [record.seq] : []));
    const end = first?.records.at(-1);
    expect(numbers).toEqual(numbers?.map((_number, index) => index + 1));
    expect(end?.kind === 'session.end' && end.last_seq).toBe(numbers?.length);
  });

  test('starts sessions in order within the range', () => {
    const starts = sessions.map(({ records: [start] }) =>
      Date.parse(start !== undefined && 'started_at' in start ? start.started_at : ''),
    );
    expect(starts).toEqual(starts.toSorted((one, other) => one - other));
    expect(starts[0]).toBe(options.fromMs);
    expect(starts.at(-1)).toBe(options.toMs - (30 * day) / 2000);
  });

  test('is shaped as agents are: trees, busy agents, long sessions, errors', () => {
    const byId = new Map(sessions.map((session) => [session.sessionId, session]));
    const depthOf = (id: string | null): number =>
      id === null ? 0 : 1 + depthOf(byId.get(id)?.parentSessionId ?? null);
    const depths = sessions.map((session) => depthOf(session.sessionId));
    expect(Math.max(...depths)).toBeGreaterThan(4);
    expect(Math.max(...depths)).toBeLessThanOrEqual(maxGeneratedDepth);
    const children = sessions.filter((session) => session.parentSessionId !== null).length;
    expect(children / sessions.length).toBeCloseTo(0.3, 1);
    const perAgent = Map.groupBy(records, (record) =>
      'agent_id' in record ? record.agent_id : '',
    );
    expect(perAgent.get('support-router-0')?.length).toBeGreaterThan(250);
    const counts = sessions
      .map((session) => session.eventCount)
      .toSorted((one, other) => one - other);
    expect(counts[1000]).toBeLessThan(8);
    expect(counts.at(-1)).toBeGreaterThan(200);
    const errors = events.filter((event) => event.type === 'error').length;
    expect(errors / events.length).toBeCloseTo(0.05, 1);
  });

  test('fills events with about the content asked for', () => {
    const content = events.map((event) => JSON.stringify(event.data).length);
    const mean = content.reduce((sum, length) => sum + length, 0) / content.length;
    expect(mean).toBeGreaterThan(400);
    expect(mean).toBeLessThan(900);
  });
});

describe('inBatches()', () => {
  test('cuts every record into batches of the size, in order', () => {
    const batches = [...inBatches(sessions, 100)];
    expect(batches.flat()).toEqual(records);
    expect(new Set(batches.slice(0, -1).map((batch) => batch.length))).toEqual(new Set([100]));
  });
});
