import { describe, expect, test } from 'vitest';
import { Alarm } from './alarm.ts';
import type { PushRequest, PushResponse } from './push.ts';
import { Timeout } from './timeout.ts';

const answer: PushResponse = { status: 200, retryAfter: null, text: '{}' };

/** A layer below that does as it is told. */
const below = (send: (request: PushRequest) => Promise<PushResponse>) => ({ send });

const silent = below(
  ({ signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    }),
);

describe('Timeout.send()', () => {
  test('passes body and answer on', async () => {
    const seen: string[] = [];
    const layer = below(({ body }) => {
      seen.push(body.toString());
      return Promise.resolve(answer);
    });
    expect(await new Timeout(layer).send(Buffer.from('x'))).toBe(answer);
    expect(seen).toEqual(['x']);
  });

  test('gives a silent server up, and says after how long', async () => {
    const sent = new Timeout(silent, 30).send(Buffer.from('x'));
    await expect(sent).rejects.toThrow('no answer within 0.03 s');
  });

  test('passes the failure of the layer below on', async () => {
    const broken = below(() => Promise.reject(new Error('connect ECONNREFUSED')));
    await expect(new Timeout(broken).send(Buffer.from('x'))).rejects.toThrow('ECONNREFUSED');
  });
});

describe('Alarm', () => {
  test('wakes by itself', async () => {
    await expect(new Alarm().sleep(5)).resolves.toBeUndefined();
  });

  test('wakes at once when somebody rings, and only the one who sleeps', async () => {
    const alarm = new Alarm();
    const startedMs = performance.now();
    const sleeping = alarm.sleep(60_000);
    alarm.ring();
    await sleeping;
    expect(performance.now() - startedMs).toBeLessThan(30_000);
    alarm.ring();
    await expect(alarm.sleep(1)).resolves.toBeUndefined();
  });
});
