import { describe, expect, test } from 'vitest';
import { batchOf } from '../testing/batch-fixture.ts';
import { eventRecord } from '../testing/store-fixture.ts';
import { encodeBatch } from './encode-batch.ts';
import { encodeRecord, recordLimitBytes } from './encode-record.ts';
import { headOf } from './entry.ts';
import { wireTime } from './wire-time.ts';

const sdk = {
  name: 'niitaka',
  version: '0.1.0',
  language: 'typescript',
  instance_id: '11111111-1111-4111-8111-111111111111',
};
const session = '22222222-2222-4222-8222-222222222222';

describe('encodeBatch()', () => {
  test('is one JSON body with the records as they were stored', () => {
    const { body, count } = encodeBatch(batchOf(1, 2), sdk, null, 0);
    expect(count).toBe(2);
    expect(JSON.parse(body.toString())).toEqual({
      sdk,
      sent_at: '1970-01-01T00:00:00.000Z',
      records: [1, 2].map((seq) => JSON.parse(eventRecord(seq).json) as unknown),
    });
  });

  test('puts the heartbeat last, so that the answer counts the records before it', () => {
    const heartbeat = { kind: 'session.heartbeat' as const, session_ids: [session] };
    const { body, count } = encodeBatch(batchOf(7), sdk, heartbeat, 0);
    const { records } = JSON.parse(body.toString()) as { records: { kind: string }[] };
    expect(records.map(({ kind }) => kind)).toEqual(['event', 'session.heartbeat']);
    expect(count).toBe(2);
    expect(encodeBatch(batchOf(), sdk, heartbeat, 0).count).toBe(1);
  });

  test('is JSON also without anything', () => {
    const { body, count } = encodeBatch(batchOf(), undefined, null, 0);
    expect(JSON.parse(body.toString())).toEqual({
      sent_at: '1970-01-01T00:00:00.000Z',
      records: [],
    });
    expect(count).toBe(0);
  });
});

describe('encodeRecord()', () => {
  const withText = (text: string) =>
    encodeRecord({
      kind: 'session.start',
      session_id: session,
      goal: text,
      started_at: wireTime(0),
    });

  test('keeps what text holds, escapes what UTF-8 cannot', () => {
    expect(JSON.parse(withText('東京 🗻 \u0000 "') ?? '')).toMatchObject({
      goal: '東京 🗻 \u0000 "',
    });
    expect(withText('\ud800')).toContain('\\ud800');
  });

  test('is null over 1 MiB, counted in bytes (E7)', () => {
    expect(withText('x'.repeat(recordLimitBytes - 200))).not.toBe(null);
    expect(withText('x'.repeat(recordLimitBytes))).toBe(null);
    expect(withText('東'.repeat(recordLimitBytes / 2))).toBe(null);
  });

  test('is null for what JSON refuses', () => {
    const metadata = { big: 1n };
    const record = {
      kind: 'session.start',
      session_id: session,
      started_at: '',
      metadata,
    } as const;
    expect(encodeRecord(record)).toBe(null);
  });
});

describe('headOf()', () => {
  test('tells what the sender needs to know', () => {
    const sender = '33333333-3333-4333-8333-333333333333';
    const metrics = {
      kind: 'session.metrics',
      session_id: session,
      metrics: {},
      recorded_at: '',
    } as const;
    const none = { sender: null, seq: null, lastSeq: null };
    expect(headOf(metrics)).toEqual({ kind: 'session.metrics', sessionId: session, ...none });
    expect(headOf({ ...metrics, sender, seq: 4 })).toMatchObject({ sender, seq: 4 });
    const close = {
      kind: 'sender.close',
      session_id: session,
      sender,
      last_seq: 9,
      dropped: {},
    } as const;
    expect(headOf(close)).toEqual({
      kind: 'sender.close',
      sessionId: session,
      sender,
      seq: null,
      lastSeq: 9,
    });
    const beat = { kind: 'session.heartbeat' as const, session_ids: [session] };
    expect(headOf(beat)).toEqual({ kind: 'session.heartbeat', sessionId: null, ...none });
    const end = { kind: 'session.end', session_id: session, ended_at: '' } as const;
    expect(headOf(end)).toEqual({ kind: 'session.end', sessionId: session, ...none });
  });
});
