import { describe, expect, test } from 'vitest';
import { heartbeatMs, Heartbeats } from './heartbeats.ts';

describe('Heartbeats', () => {
  test('are due 30 s after the first start, not before (S3)', () => {
    const beats = new Heartbeats();
    expect(beats.isDue(1_000_000)).toBe(false);
    beats.add('a', 1000);
    expect(beats.take(1000 + heartbeatMs - 1)).toBe(null);
    expect(beats.take(1000 + heartbeatMs)).toEqual({
      kind: 'session.heartbeat',
      session_ids: ['a'],
    });
  });

  test('stay due until an attempt has arrived', () => {
    const beats = new Heartbeats();
    beats.add('a', 0);
    expect(beats.take(heartbeatMs)).not.toBe(null);
    expect(beats.take(heartbeatMs + 5000)).not.toBe(null);
    beats.confirm();
    expect(beats.isDue(heartbeatMs + 6000)).toBe(false);
    expect(beats.isDue(2 * heartbeatMs + 5000)).toBe(true);
  });

  test('do not count an answer to a batch without them', () => {
    const beats = new Heartbeats();
    beats.add('a', 0);
    beats.confirm();
    expect(beats.isDue(heartbeatMs)).toBe(true);
  });

  test('name those that run, and count from anew after a pause', () => {
    const beats = new Heartbeats();
    beats.add('a', 0);
    beats.add('b', 100);
    beats.remove('a');
    expect(beats.size).toBe(1);
    expect(beats.take(heartbeatMs)).toEqual({ kind: 'session.heartbeat', session_ids: ['b'] });
    beats.remove('b');
    expect(beats.take(9 * heartbeatMs)).toBe(null);
    beats.add('c', 10 * heartbeatMs);
    expect(beats.isDue(10 * heartbeatMs + 1000)).toBe(false);
  });

  test('hold at most 10,000 sessions in a record', () => {
    const beats = new Heartbeats();
    for (let at = 0; at < 10_500; at += 1) beats.add(String(at), 0);
    const record = beats.take(heartbeatMs);
    expect(record && 'session_ids' in record && record.session_ids.length).toBe(10_000);
  });
});
