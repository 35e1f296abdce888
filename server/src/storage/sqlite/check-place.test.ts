import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StartupError } from '../startup-error.ts';
import { checkPlace, checkSqliteVersion, isOlder, oldestSqlite } from './check-place.ts';
import { openReader, openWriter } from './connection.ts';
import { lockFile } from './file-lock.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'niitaka-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const problemOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(StartupError);
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
};

describe('checkPlace()', () => {
  test('makes the directory for this user alone (storage)', () => {
    const path = join(directory, 'deep', 'down', 'niitaka.db');
    checkPlace(path);
    expect(statSync(join(directory, 'deep', 'down')).mode & 0o777).toBe(0o700);
    checkPlace(path);
  });

  test('says which directory cannot be made, why, and what to do', () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    const message = problemOf(() => checkPlace(join(file, 'data', 'niitaka.db')));
    expect(message).toContain(`Cannot make the data directory ${join(file, 'data')}: ENOTDIR`);
    expect(message).toContain('Set NIITAKA_DATA');
  });
});

describe('isOlder()', () => {
  test.each([
    ['3.51.2', '3.51.3', true],
    ['3.51.3', '3.51.3', false],
    ['3.51.10', '3.51.3', false],
    ['3.9.99', '3.51.3', true],
    ['4.0.0', '3.51.3', false],
    ['3.51', '3.51.3', true],
    ['3.51.3.1', '3.51.3', false],
    ['2.99.99', '3.0.0', true],
  ])('compares versions number by number: %s before %s is %s', (version, than, expected) => {
    expect(isOlder(version, than)).toBe(expected);
  });

  test('the library in use loses no commit (storage)', () => {
    expect(() => checkSqliteVersion()).not.toThrow();
    expect(isOlder('3.51.2', oldestSqlite)).toBe(true);
  });
});

describe('lockFile()', () => {
  test('holds a database for one server, until that one lets go (storage)', () => {
    const path = join(directory, 'niitaka.db');
    const held = lockFile(path);
    expect(problemOf(() => lockFile(path))).toBe(
      `Cannot use the database ${path}: another server holds it. Stop that server, or set NIITAKA_DATA to another directory.`,
    );
    const other = lockFile(join(directory, 'other.db'));
    held.close();
    lockFile(path).close();
    other.close();
  });

  test('says what is in the way of writing beside the database', () => {
    const path = join(directory, 'niitaka.db');
    mkdirSync(`${path}.lock`);
    expect(problemOf(() => lockFile(path))).toMatch(/^Cannot write beside the database .*Check/);
    const broken = join(directory, 'broken.db');
    writeFileSync(
      `${broken}.lock`,
      'this is no database, and longer than a header of one would be',
    );
    expect(problemOf(() => lockFile(broken))).toContain('file is not a database');
  });
});

describe('connections', () => {
  test('a writer puts every commit on disk and what is deleted out of the file (storage)', () => {
    const db = openWriter(join(directory, 'niitaka.db'));
    const read = (name: string) => db.pragma(name, { simple: true });
    expect(['journal_mode', 'synchronous', 'secure_delete', 'page_size'].map(read)).toEqual([
      'wal',
      2,
      1,
      8192,
    ]);
    expect(read('wal_autocheckpoint')).toBe(0);
    db.close();
  });

  test('a reader writes nothing', () => {
    const path = join(directory, 'niitaka.db');
    const writer = openWriter(path);
    writer.exec('CREATE TABLE one (id INTEGER)');
    const reader = openReader(path);
    expect(() => reader.exec('INSERT INTO one VALUES (1)')).toThrow('readonly');
    expect(reader.prepare('SELECT count(*) FROM one').pluck().get()).toBe(0);
    for (const db of [reader, writer]) db.close();
  });

  test('a database that is not there is no reader’s to make', () => {
    const path = join(directory, 'absent.db');
    expect(problemOf(() => openReader(path))).toContain(`Cannot open the database ${path}: `);
  });
});
