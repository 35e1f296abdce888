import { success, failure, type Result } from '@niitaka/core/result.ts';
import { expect, test } from 'vitest';
import type { RetentionRule } from '../commands/delete-old-sessions.ts';
import { maxRunsInARow, runJobs } from './run-jobs.ts';

/** Counts runs by name, answering with what the test says. */
function counting(
  answer: (name: string, run: number) => Result<unknown>,
  takeLease: (job: string, forMs: number) => Promise<boolean> = async () => true,
  retention: readonly RetentionRule[] = [],
) {
  const runs = new Map<string, number>();
  const given = new Map<string, unknown>();
  const failures: string[] = [];
  const stop = runJobs({
    takeLease,
    retention,
    async run(name, args) {
      given.set(name, args);
      const count = (runs.get(name) ?? 0) + 1;
      runs.set(name, count);
      await new Promise((resolve) => setImmediate(resolve));
      return answer(name, count);
    },
    onFailure: (job, reason) => failures.push(`${job}: ${reason}`),
  });
  return { runs, given, failures, stop };
}

const turn = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('runJobs() runs every job at the start (S3)', async () => {
  const { runs, stop } = counting(() => success({}));
  await turn(50);
  await stop();
  expect(Object.fromEntries(runs)).toEqual({
    'close-stale-sessions': 1,
    'forget-expired': 1,
    'move-queued-trees': 1,
    'publish-roots': 1,
  });
});

test('runJobs() goes on at once while more is waiting', async () => {
  const { runs, stop } = counting((name, run) =>
    success({ more: name === 'move-queued-trees' && run < 7 }),
  );
  await turn(100);
  await stop();
  expect(runs.get('move-queued-trees')).toBe(7);
});

test(`runJobs() rests after ${maxRunsInARow} runs in a row, whatever waits`, async () => {
  const { runs, stop } = counting((name) => success({ more: name === 'move-queued-trees' }));
  await turn(500);
  await stop();
  expect(runs.get('move-queued-trees')).toBe(maxRunsInARow);
});

test('runJobs() tells of a failure and tries again at the next turn', async () => {
  const { runs, failures, stop } = counting((name) =>
    name === 'publish-roots' ? failure('unavailable', 'disk full') : success({}),
  );
  await turn(1_200);
  await stop();
  expect(runs.get('publish-roots')).toBe(2);
  expect(failures[0]).toBe('publish-roots: disk full');
});

test('runJobs() is stopped in the middle of its work without another run', async () => {
  const { runs, stop } = counting(() => success({ more: true }));
  await stop();
  const before = Object.fromEntries(runs);
  await turn(50);
  expect(Object.fromEntries(runs)).toEqual(before);
});

test('runJobs() leaves to another process what that one has the lease of (S3)', async () => {
  const asked = new Map<string, number>();
  const { runs, failures, stop } = counting(
    () => success({}),
    async (job, forMs) => {
      asked.set(job, forMs);
      if (job === 'forget-expired') throw new Error('the database went away');
      return job === 'move-queued-trees';
    },
  );
  await turn(50);
  await stop();
  expect(Object.fromEntries(runs)).toEqual({ 'move-queued-trees': 1, 'publish-roots': 1 });
  // A dead process keeps the sweep from the others for one turn of theirs: 15 s in all.
  expect(asked.get('close-stale-sessions')).toBe(10_000);
  expect(failures).toEqual(['forget-expired: the database went away']);
});

test('runJobs() deletes old sessions only where something says how long they are kept', async () => {
  const rules = [{ environment: null, days: 90 }];
  const { runs, given, stop } = counting(
    () => success({}),
    async () => true,
    rules,
  );
  await turn(50);
  await stop();
  expect(runs.get('delete-old-sessions')).toBe(1);
  expect(given.get('delete-old-sessions')).toEqual({ rules });
  expect(given.get('forget-expired')).toBeNull();
});
