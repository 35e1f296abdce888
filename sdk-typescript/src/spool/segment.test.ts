import {
  appendFileSync,
  existsSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventRecord } from '../testing/store-fixture.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { frameRecord } from './segment-file.ts';
import { Segment, type Usage } from './segment.ts';

const empty = (): Usage => ({ readyRecords: 0, readyBytes: 0, memoryRecords: 0, diskBytes: 0 });
const frame = (seq: number) => frameRecord(eventRecord(seq).json);
const frameBytes = frame(1).length;
const bodyBytes = frameBytes - 8;

function put(segment: Segment, seqs: readonly number[], keep = true): void {
  for (const seq of seqs) segment.append(frame(seq), eventRecord(seq).head, keep);
}

const seqsOf = (entries: ReturnType<Segment['take']>) => entries.map(({ head }) => head.seq);

describe('Segment.create()', () => {
  test('fails where the file is there already', () => {
    const path = join(tempFolder(), 'a.seg');
    writeFileSync(path, '');
    expect(() => Segment.create(empty(), path)).toThrow('EEXIST');
  });

  test('fails where there is no folder', () => {
    expect(() => Segment.create(empty(), join(tempFolder(), 'none', 'a.seg'))).toThrow('ENOENT');
  });
});

describe('Segment.append() and take()', () => {
  test('count what is held, in memory and on disk', () => {
    const usage = empty();
    const segment = Segment.create(usage, join(tempFolder(), 'a.seg'));
    put(segment, [1, 2, 3]);
    const held = { readyRecords: 3, readyBytes: 3 * bodyBytes, memoryRecords: 0 };
    expect(usage).toEqual({ ...held, diskBytes: 3 * frameBytes });
    expect(seqsOf(segment.take(2, 10_000))).toEqual([1, 2]);
    expect(usage.readyRecords).toBe(1);
    expect(segment.outstanding).toBe(2);
    segment.remove();
    expect(usage.diskBytes).toBe(0);
  });

  test('read from disk what memory did not keep, in order', () => {
    const usage = empty();
    const segment = Segment.create(usage, join(tempFolder(), 'a.seg'));
    put(segment, [1, 2]);
    put(segment, [3, 4], false);
    put(segment, [5]);
    expect(segment.hasUnread).toBe(true);
    expect(usage.readyRecords).toBe(2);
    expect(seqsOf(segment.take(9, 10_000))).toEqual([1, 2]);
    expect(seqsOf(segment.take(9, 10_000))).toEqual([3, 4, 5]);
    expect(segment.hasUnread).toBe(false);
    put(segment, [6]);
    expect(seqsOf(segment.take(9, 10_000))).toEqual([6]);
    segment.close();
  });

  test('keep all in memory where there is no file, whatever is asked', () => {
    const usage = empty();
    const segment = Segment.inMemory(usage);
    put(segment, [1, 2], false);
    expect(usage).toEqual({
      readyRecords: 2,
      readyBytes: 2 * bodyBytes,
      memoryRecords: 2,
      diskBytes: 0,
    });
    expect(segment.appended).toBe(2);
    expect(seqsOf(segment.take(9, 10_000))).toEqual([1, 2]);
    expect(usage.memoryRecords).toBe(0);
  });
});

describe('Segment.hold()', () => {
  test('writes a record, and hands it out at once', () => {
    const path = join(tempFolder(), 'a.seg');
    const segment = Segment.create(empty(), path);
    const entry = segment.hold(frame(7), eventRecord(7).head);
    expect(entry.head.seq).toBe(7);
    expect(segment.outstanding).toBe(1);
    expect(readFileSync(path)).toEqual(frame(7));
    expect(segment.take(9, 10_000)).toEqual([]);
    expect(segment.isDrained).toBe(false);
    segment.outstanding -= 1;
    expect(segment.isDrained).toBe(true);
    segment.close();
  });
});

describe('Segment.adopt()', () => {
  test('reads what is there, and what its writer adds until it is drained', () => {
    const path = join(tempFolder(), 'a.seg');
    writeFileSync(path, frame(1));
    const usage = empty();
    const segment = Segment.adopt(usage, path);
    expect(usage.diskBytes).toBe(frameBytes);
    expect(seqsOf(segment.take(9, 10_000))).toEqual([1]);
    segment.outstanding -= 1;
    appendFileSync(path, frame(2));
    expect(segment.isDrained).toBe(false);
    expect(seqsOf(segment.take(9, 10_000))).toEqual([2]);
    segment.outstanding -= 1;
    expect(segment.isDrained).toBe(true);
    segment.remove();
    expect(existsSync(path)).toBe(false);
    expect(usage).toEqual(empty());
  });

  test('passes over what is no record', () => {
    const path = join(tempFolder(), 'a.seg');
    const junk = ['[]', '"text"', '{"no":"kind"}', '{broken'].map(frameRecord);
    writeFileSync(path, Buffer.concat([...junk, frame(1)]));
    const segment = Segment.adopt(empty(), path);
    expect(seqsOf(segment.take(9, 10_000))).toEqual([1]);
    segment.close();
  });

  test('fails where there is nothing', () => {
    expect(() => Segment.adopt(empty(), join(tempFolder(), 'none.seg'))).toThrow('ENOENT');
  });
});

describe('Segment.touch()', () => {
  test('is true and moves the time while the file is ours', () => {
    const path = join(tempFolder(), 'a.seg');
    const segment = Segment.create(empty(), path);
    expect(segment.touch(1000)).toBe(true);
    expect(statSync(path).mtimeMs).toBe(1_000_000);
    segment.close();
  });

  test('is false when the file is gone, or another has its place', () => {
    const path = join(tempFolder(), 'a.seg');
    const segment = Segment.create(empty(), path);
    unlinkSync(path);
    expect(segment.touch(1000)).toBe(false);
    writeFileSync(path, 'of somebody else');
    expect(segment.touch(1000)).toBe(false);
    segment.close();
  });

  test('is true in memory', () => {
    expect(Segment.inMemory(empty()).touch(1)).toBe(true);
  });
});

describe('Segment.remove(), close() and sync()', () => {
  test('may be called twice, and when the file is gone', () => {
    const path = join(tempFolder(), 'a.seg');
    const segment = Segment.create(empty(), path);
    put(segment, [1]);
    segment.sync();
    segment.syncNow();
    unlinkSync(path);
    segment.remove();
    segment.remove();
    segment.close();
    segment.sync();
    segment.syncNow();
    expect(segment.size).toBe(0);
  });

  test('leave a closed file where it is', () => {
    const path = join(tempFolder(), 'a.seg');
    const segment = Segment.create(empty(), path);
    put(segment, [1]);
    segment.close();
    expect(readFileSync(path)).toEqual(frame(1));
  });
});
