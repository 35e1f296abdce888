import { describe, expect, test } from 'vitest';
import { answerFor, batchOf, okFor, status } from '../testing/batch-fixture.ts';
import type { Batch } from './entry.ts';
import { Alarm } from './alarm.ts';
import type { Verdict } from './judge-response.ts';
import type { PushResponse } from './push.ts';
import { Retry } from './retry.ts';

/** An alarm that notes how long each sleep was to be, and sleeps not at all. */
class NotingAlarm extends Alarm {
  readonly slept: number[] = [];

  override sleep(ms: number): Promise<void> {
    this.slept.push(ms);
    return Promise.resolve();
  }
}

function retryOver(steps: readonly (PushResponse | Error)[], random = () => 1) {
  const left = [...steps];
  const alarm = new NotingAlarm();
  const troubles: Verdict[] = [];
  const bodies: string[] = [];
  const next = {
    send: (body: Buffer) => {
      bodies.push(body.toString());
      const step = left.shift() ?? okFor(1);
      return step instanceof Error ? Promise.reject(step) : Promise.resolve(step);
    },
  };
  let attempts = 0;
  const encode = (batch: Batch) => {
    attempts += 1;
    return { body: Buffer.from(`attempt ${attempts}`), count: batch.entries.length };
  };
  const onTrouble = (verdict: Verdict) => void troubles.push(verdict);
  const retry = new Retry(next, { nowMs: () => 0, random, alarm, encode, onTrouble });
  return { retry, alarm, troubles, bodies };
}

describe('Retry.send()', () => {
  test('answers at once when the server does', async () => {
    const { retry, alarm } = retryOver([okFor(1)]);
    expect(await retry.send(batchOf(1))).toEqual({ kind: 'answered', answer: answerFor(1) });
    expect(alarm.slept).toEqual([]);
    expect(retry.failures).toBe(0);
  });

  test('backs off from 0.5 s to 30 s, and encodes anew at every attempt', async () => {
    const { retry, alarm, bodies, troubles } = retryOver(
      Array.from({ length: 8 }, () => new Error('connect ECONNREFUSED')),
    );
    await retry.send(batchOf(1));
    expect(alarm.slept).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    expect(bodies).toEqual(Array.from({ length: 9 }, (_, at) => `attempt ${at + 1}`));
    expect(troubles[0]).toEqual({ kind: 'again', afterMs: 0, reason: 'connect ECONNREFUSED' });
    expect(retry.failures).toBe(0);
  });

  test('draws the wait with full jitter', async () => {
    const { retry, alarm } = retryOver([status(503), status(503)], () => 0.25);
    await retry.send(batchOf(1));
    expect(alarm.slept).toEqual([125, 250]);
  });

  test('waits at least as long as the server asks', async () => {
    const { retry, alarm } = retryOver([status(429, '20'), status(503, '0')]);
    await retry.send(batchOf(1));
    expect(alarm.slept).toEqual([20_000, 1000]);
  });

  test.each([400, 413, 422])('does not repeat what is refused with %s', async (code) => {
    const { retry, alarm } = retryOver([status(code)]);
    expect(await retry.send(batchOf(1, 2))).toEqual({ kind: 'refused', status: code });
    expect(alarm.slept).toEqual([]);
  });

  test.each([401, 403])('looks once a minute whether %s was mended', async (code) => {
    const { retry, alarm, troubles } = retryOver([status(code), status(code)]);
    expect((await retry.send(batchOf(1))).kind).toBe('answered');
    expect(alarm.slept).toEqual([60_000, 60_000]);
    expect(troubles[0]?.kind).toBe('paused');
  });

  test('abandons the batch when it is closed meanwhile', async () => {
    const { retry, alarm } = retryOver([new Error('down'), new Error('down')]);
    alarm.sleep = () => {
      retry.close();
      return Promise.resolve();
    };
    expect(await retry.send(batchOf(1))).toEqual({ kind: 'abandoned' });
    expect(await retry.send(batchOf(2))).toEqual({ kind: 'abandoned' });
  });

  test('tells a failure without a message by its name', async () => {
    const { retry, troubles } = retryOver([new RangeError('')]);
    await retry.send(batchOf(1));
    expect(troubles).toEqual([{ kind: 'again', afterMs: 0, reason: 'RangeError' }]);
  });
});

describe('Alarm', () => {
  test('wakes its sleeper early', async () => {
    const alarm = new Alarm();
    const slept = alarm.sleep(60_000);
    alarm.ring();
    expect(await slept).toBe(undefined);
  });

  test('does not mind to ring for nobody', () => {
    expect(() => new Alarm().ring()).not.toThrow();
  });
});
