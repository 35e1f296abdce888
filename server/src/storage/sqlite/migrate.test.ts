import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { migrations } from '../migrations/all.ts';
import { StartupError } from '../startup-error.ts';
import { openCheckpointer, openReader, openWriter, type Connection } from './connection.ts';
import { migrate } from './migrate.ts';

let directory: string;
let path: string;
const open: Connection[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'niitaka-test-'));
  path = join(directory, 'niitaka.db');
});

afterEach(() => {
  for (const db of open.splice(0)) db.close();
  rmSync(directory, { recursive: true });
});

function openHere(how: (path: string) => Connection = openWriter): Connection {
  const db = how(path);
  open.push(db);
  return db;
}

function schemaOf(db: Connection): unknown[] {
  return db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all();
}

const newest = migrations.at(-1)?.number;

describe('migrate()', () => {
  test('brings an empty file to the newest version', () => {
    const db = openHere();
    migrate(db, path);
    expect(db.pragma('user_version', { simple: true })).toBe(newest);
    expect(db.prepare('SELECT count(*) FROM sessions').pluck().get()).toBe(0);
  });

  test('run again changes nothing', () => {
    const db = openHere();
    migrate(db, path);
    const before = schemaOf(db);
    migrate(db, path);
    expect(schemaOf(db)).toEqual(before);
  });

  test('of several processes at once ends in one schema', () => {
    const [one, two] = [openHere(), openHere()];
    migrate(one, path);
    migrate(two, path);
    expect(schemaOf(two)).toEqual(schemaOf(one));
  });

  test('goes on where it was killed half-way: a step is whole or not there', () => {
    const db = openHere();
    db.exec('BEGIN IMMEDIATE');
    db.exec(migrations[0]?.sqlite ?? '');
    db.exec('ROLLBACK');
    expect(schemaOf(db)).toEqual([]);
    migrate(db, path);
    expect(db.pragma('user_version', { simple: true })).toBe(newest);
  });

  test('refuses a newer schema and says both versions', () => {
    const db = openHere();
    db.pragma('user_version = 77');
    expect(() => migrate(db, path)).toThrow(StartupError);
    expect(() => migrate(db, path)).toThrow(
      `Cannot use the database ${path}: it has schema version 77, this program knows ${newest}. Start the newer program that wrote it, or set NIITAKA_DATA to another directory.`,
    );
  });

  test('steps are numbered from 1 without a gap', () => {
    expect(migrations.map((step) => step.number)).toEqual(migrations.map((_, index) => index + 1));
  });
});

describe('connections', () => {
  test('the writer’s commits are on disk, in pages of 8 KiB, and it never checkpoints by itself', () => {
    const db = openHere();
    migrate(db, path);
    const settings = ['journal_mode', 'synchronous', 'page_size', 'wal_autocheckpoint'];
    expect(settings.map((name) => db.pragma(name, { simple: true }))).toEqual(['wal', 2, 8192, 0]);
    expect(db.pragma('busy_timeout', { simple: true })).toBe(5_000);
  });

  test('a reader cannot write', () => {
    migrate(openHere(), path);
    const reader = openHere(openReader);
    expect(() => reader.exec(`INSERT INTO jobs (name, last_ran_at) VALUES ('x', 1)`)).toThrow(
      /readonly/,
    );
  });

  test('a reader sees what was committed before its read began, and nothing of an open one', () => {
    const writer = openHere();
    migrate(writer, path);
    const reader = openHere(openReader);
    const count = () => reader.prepare('SELECT count(*) FROM jobs').pluck().get();
    writer.exec('BEGIN IMMEDIATE');
    writer.exec(`INSERT INTO jobs (name, last_ran_at) VALUES ('x', 1)`);
    expect(count()).toBe(0);
    writer.exec('COMMIT');
    expect(count()).toBe(1);
  });

  test('the checkpointer copies the log into the file', () => {
    const writer = openHere();
    migrate(writer, path);
    const [row] = openHere(openCheckpointer).pragma('wal_checkpoint(PASSIVE)') as {
      busy: number;
      log: number;
      checkpointed: number;
    }[];
    expect(row?.busy).toBe(0);
    expect(row?.checkpointed).toBe(row?.log);
  });

  test('a file in a directory that is not there is refused with what to do', () => {
    expect(() => openWriter(join(directory, 'missing', 'niitaka.db'))).toThrow(
      /^Cannot open the database .*set NIITAKA_DATA to another one\.$/,
    );
  });
});
