import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLogSync, type LogSync } from './log-sync.ts';

let directory: string;
let path: string;
let log: LogSync<number>;
let durable: number[];
let failures: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'niitaka-test-'));
  path = join(directory, 'log');
  durable = [];
  failures = [];
  log = openLogSync<number>(
    path,
    (one) => durable.push(one),
    (error) => failures.push(error.message),
  );
});

afterEach(() => {
  log.close();
  rmSync(directory, { recursive: true });
});

describe('openLogSync()', () => {
  test('gives on what was committed in its order, and only after a sync', async () => {
    writeFileSync(path, 'log');
    for (const one of [1, 2, 3]) log.add(one);
    expect(durable).toEqual([]);
    await expect.poll(() => durable).toEqual([1, 2, 3]);
    log.add(4);
    await expect.poll(() => durable).toEqual([1, 2, 3, 4]);
    expect(failures).toEqual([]);
  });

  test('a commit that came during a sync waits for the next one', async () => {
    writeFileSync(path, 'log');
    log.close();
    const seen: number[] = [];
    log = openLogSync<number>(
      path,
      (one) => {
        if (one === 1) log.add(2);
        seen.push(one);
      },
      (error) => failures.push(error.message),
    );
    log.add(1);
    await expect.poll(() => seen).toEqual([1, 2]);
  });

  test('after a failure nothing is given on any more, though the log comes back', async () => {
    log.add(1);
    expect(failures).toEqual([expect.stringContaining('no such file')]);
    writeFileSync(path, 'log');
    log.add(2);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(durable).toEqual([]);
    expect(failures).toHaveLength(1);
  });

  test('gives on nothing once it is closed', async () => {
    writeFileSync(path, 'log');
    log.add(1);
    log.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(durable).toEqual([]);
  });
});
