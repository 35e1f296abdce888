import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { openStore, type TestStore } from '../../testing/open-store.ts';
import { noonMs, sessionId, start, testOrgId } from '../../testing/records.ts';
import { ReadAbandonedError, ReadUnavailableError } from '../read-unavailable.ts';
import { createReadGate, setReadGate } from './read-gate.ts';
import { startReaders, type ReaderPool } from './reader-client.ts';

const script = new URL('../../reader/reader-thread.ts', import.meta.url);

describe('startReaders()', () => {
  let store: TestStore;
  let pool: ReaderPool;
  let gate: SharedArrayBuffer;

  const begin = async (threads: number) => {
    store = openStore(noonMs);
    await store.ingest([start(1, { goal: 'read me' })]);
    gate = createReadGate();
    pool = startReaders({ script, path: store.path, readGate: gate }, threads);
  };
  const goal = async () =>
    (await pool.reader.sessionWhole(testOrgId, sessionId(1), noonMs))?.session.goal;

  afterEach(async () => {
    setReadGate(gate, false);
    await pool.close();
    store.close();
  });

  test('answers reads from its threads, money as bigint', async () => {
    await begin(2);
    const answers = await Promise.all(Array.from({ length: 20 }, goal));
    expect(new Set(answers)).toEqual(new Set(['read me']));
    const whole = await pool.reader.sessionWhole(testOrgId, sessionId(1), noonMs);
    expect(whole?.session.totalCostNanoUsd).toBe(0n);
  });

  test('carries an answer made ready as bytes, and none that nobody waits for', async () => {
    await begin(1);
    const tree = (gone: AbortSignal) =>
      pool.readyUntil(gone).sessionTreeJson(testOrgId, sessionId(1), 1, noonMs);
    const bytes = await tree(new AbortController().signal);
    const answer = JSON.parse(Buffer.from(bytes ?? []).toString());
    expect(answer).toMatchObject({ root: sessionId(1), items: [{ goal: 'read me' }] });
    await expect(tree(AbortSignal.abort())).rejects.toThrow(ReadAbandonedError);
  });

  test('sees each commit with the read after it', async () => {
    await begin(1);
    for (let number = 2; number < 10; number += 1) {
      await store.ingest([start(number)]);
      expect(await pool.reader.estimateSessions(testOrgId, {}, noonMs)).toBe(number);
    }
  });

  test('begins no read while the gate is raised', async () => {
    await begin(1);
    await goal();
    setReadGate(gate, true);
    let isAnswered = false;
    const answer = goal().then((text) => {
      isAnswered = true;
      return text;
    });
    await pause(150);
    expect(isAnswered).toBe(false);
    setReadGate(gate, false);
    expect(await answer).toBe('read me');
  });

  test('refuses what is too much at once, and what comes after the end', async () => {
    await begin(1);
    setReadGate(gate, true);
    const reads = Array.from({ length: 1_000 }, () => goal().catch(() => 'refused'));
    await expect(goal()).rejects.toThrow('Too many reads at once: 1000 wait for each of 1 readers');
    setReadGate(gate, false);
    expect(new Set(await Promise.all(reads))).toEqual(new Set(['read me']));
    await pool.close();
    await expect(goal()).rejects.toThrow(ReadUnavailableError);
  });

  test('begins no read that nobody waits for any more, and answers those beside it', async () => {
    await begin(1);
    await goal();
    setReadGate(gate, true);
    const whole = (gone: AbortSignal) =>
      pool.readerUntil(gone).sessionWhole(testOrgId, sessionId(1), noonMs);
    const gone = Array.from({ length: 500 }, () => new AbortController());
    const asked = gone.map(({ signal }) => whole(signal).catch((error: unknown) => error));
    const [kept, ...others] = gone;
    for (const one of others) one.abort();
    setReadGate(gate, false);
    const [answer, ...errors] = await Promise.all(asked);
    expect(answer).toMatchObject({ session: { goal: 'read me' } });
    expect(errors.every((error) => error instanceof ReadAbandonedError)).toBe(true);
    kept?.abort();
    await expect(whole(AbortSignal.abort())).rejects.toThrow(ReadAbandonedError);
    expect(await goal()).toBe('read me');
  });

  test('tells a read that fails what failed, and goes on', async () => {
    await begin(1);
    const bad = { order: 'position', limit: 'many' } as never;
    await expect(pool.reader.events(testOrgId, sessionId(1), bad)).rejects.toThrow(
      'events() failed: ',
    );
    expect(await goal()).toBe('read me');
  });
});
