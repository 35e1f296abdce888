import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { startSession, testing } from '../index.ts';
import { MemoryOutlet } from '../testing/memory-outlet.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

afterEach(() => {
  vi.restoreAllMocks();
});

async function collectSeveralTimes(): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    collectGarbage();
    await sleep(5);
  }
}

describe('a session that nobody holds', () => {
  test('gives no more signs of life, and is not ended', async () => {
    const captured = testing.capture();
    const stopped = vi.spyOn(MemoryOutlet.prototype, 'stopHeartbeat');
    const forget = async () => (await startSession({ goal: 'forgotten' })).sessionId;
    const id = await forget();
    await collectSeveralTimes();
    captured.stop();
    expect(stopped.mock.calls).toEqual([[id]]);
    expect(captured.records.map(({ kind }) => kind)).toEqual(['session.start']);
  });

  test('is held by its function, though that does not name it', async () => {
    const captured = testing.capture();
    const stopped = vi.spyOn(MemoryOutlet.prototype, 'stopHeartbeat');
    await startSession({ goal: 'busy' }, async () => {
      await collectSeveralTimes();
      expect(stopped).not.toHaveBeenCalled();
    });
    captured.stop();
    expect(stopped).toHaveBeenCalledTimes(1);
  });

  test('is held by the scope that will dispose of it', async () => {
    const captured = testing.capture();
    const stopped = vi.spyOn(MemoryOutlet.prototype, 'stopHeartbeat');
    const run = async () => {
      await using session = await startSession({ goal: 'scoped' });
      await collectSeveralTimes();
      expect(stopped).not.toHaveBeenCalled();
      expect(session.isEnded).toBe(false);
    };
    await run();
    captured.stop();
    expect(stopped).toHaveBeenCalledTimes(1);
  });
});
