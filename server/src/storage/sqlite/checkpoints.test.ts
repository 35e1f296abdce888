import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openCheckpoints, type Checkpoints } from './checkpoints.ts';
import { openReader, openWriter, type Connection } from './connection.ts';
import { markBackup } from './file-lock.ts';
import { createReadGate } from './read-gate.ts';

// A real disk answers when it can.
vi.setConfig({ testTimeout: 60_000 });

let directory: string;
let path: string;
let db: Connection;
let checkpoints: Checkpoints;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'niitaka-test-'));
  path = join(directory, 'niitaka.db');
  db = openWriter(path);
  db.exec('CREATE TABLE filler (bytes BLOB)');
  checkpoints = openCheckpoints(db, path, createReadGate(), limits);
});

afterEach(async () => {
  await checkpoints.close();
  db.close();
  rmSync(directory, { recursive: true });
});

const pageBytes = 8_192;
const limits = { passive: 400, restart: 1_600 };

/** Writes until `pages` went through the log; answers how long the log became, in pages. */
async function write(pages: number): Promise<number> {
  const insert = db.prepare('INSERT INTO filler VALUES (zeroblob(400000))');
  let longest = statSync(`${path}-wal`).size / pageBytes;
  for (let written = 0; written < pages; written += 50) {
    insert.run();
    checkpoints.afterCommit();
    await new Promise((resolve) => setImmediate(resolve));
    longest = Math.max(longest, statSync(`${path}-wal`).size / pageBytes);
  }
  return longest;
}

const mostRounds = 8;

/** How much longer the log became by so many pages, in the best of some rounds: the thread that copies may be late. */
async function leastGrowth(pages: number): Promise<number> {
  let least = pages;
  for (let round = 0; round < mostRounds && least >= pages / 4; round += 1) {
    const before = await write(0);
    least = Math.min(least, (await write(pages)) - before);
  }
  return least;
}

test('the log begins anew while writes go on', async () => {
  expect(await leastGrowth(limits.restart * 4)).toBeLessThan(limits.restart);
});

test('an open read keeps what it sees; after it the log begins anew', async () => {
  await write(100);
  const reader = openReader(path);
  reader.exec('BEGIN');
  const count = () => reader.prepare('SELECT count(*) FROM filler').pluck().get();
  const before = count();
  db.pragma('busy_timeout = 10');
  await write(limits.restart * 2);
  expect(count()).toBe(before);
  reader.exec('COMMIT');
  reader.close();
  expect(await leastGrowth(limits.restart * 4)).toBeLessThan(limits.restart);
});

test('closing leaves the log empty', async () => {
  await write(500);
  await checkpoints.close();
  expect(statSync(`${path}-wal`).size).toBe(0);
});

test('while a backup reads, its end is not waited for', async () => {
  const reader = openReader(path);
  const mark = markBackup(path);
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM filler').get();
  // A restart waits for readers as long as a statement waits for a lock.
  db.pragma('busy_timeout = 45000');
  const started = performance.now();
  await write(limits.restart * 3);
  expect(performance.now() - started).toBeLessThan(30_000);
  reader.close();
  mark.close();
});
