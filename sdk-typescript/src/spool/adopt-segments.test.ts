import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { segmentsUnder, tempFolder } from '../testing/temp-folder.ts';
import { adoptSegments, orphansIn, untouchedMs } from './adopt-segments.ts';
import { ownIdentity } from './process-identity.ts';
import { segmentName, type SegmentOwner } from './segment-name.ts';

const own = ownIdentity();
const nowMs = Date.now();
const uuids = [1, 2, 3].map((digit) => `${String(digit).repeat(8)}-1111-4111-8111-111111111111`);

function leave(folder: string, writer: SegmentOwner, ageMs: number, uuid = uuids[0] ?? ''): string {
  const name = segmentName(writer, uuid);
  writeFileSync(join(folder, name), '');
  const seconds = (nowMs - ageMs) / 1000;
  utimesSync(join(folder, name), seconds, seconds);
  return name;
}

const cases: readonly (readonly [string, SegmentOwner, number, boolean])[] = [
  ['of a process that is gone', { ...own, pid: 2 ** 22 + 1 }, 0, true],
  ['of an earlier process with our pid', { ...own, startTicks: '1' }, 0, true],
  ['of another thread of this process', { ...own, thread: 9 }, 0, false],
  ['of another thread that touches nothing', { ...own, thread: 9 }, untouchedMs + 50, true],
  ['of another boot, fresh', { ...own, bootId: 'abc' }, 1000, false],
  ['of another boot, untouched', { ...own, bootId: 'abc' }, untouchedMs + 50, true],
  ['of another namespace, fresh', { ...own, namespace: '1', pid: 2 ** 22 + 1 }, 59_000, false],
  ['of another namespace, untouched', { ...own, namespace: '1' }, untouchedMs + 50, true],
  ['of our own', own, untouchedMs + 50, false],
];

describe('orphansIn()', () => {
  test.each(cases)('judges a segment %s', (_name, writer, ageMs, isOrphan) => {
    const folder = tempFolder();
    const name = leave(folder, writer, ageMs);
    const found = orphansIn(folder, own, nowMs).map(({ path }) => path);
    expect(found).toEqual(isOrphan ? [join(folder, name)] : []);
  });

  test('never takes a writer that cannot be looked up for gone', () => {
    const folder = tempFolder();
    const unknown = { ...own, bootId: '0', pid: 2 ** 22 + 1 };
    leave(folder, unknown, 1000);
    expect(orphansIn(folder, { ...own, bootId: '0' }, nowMs)).toEqual([]);
  });

  test('leaves other files alone, and a missing folder too', () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'notes.txt'), '');
    expect(orphansIn(folder, own, nowMs)).toEqual([]);
    expect(orphansIn(join(folder, 'none'), own, nowMs)).toEqual([]);
  });
});

describe('adoptSegments()', () => {
  test('leaves nothing that a second adopter takes for untouched', () => {
    const folder = tempFolder();
    leave(folder, { ...own, bootId: 'abc' }, 3_600_000);
    const usage = { readyRecords: 0, readyBytes: 0, memoryRecords: 0, diskBytes: 0 };
    const [segment] = adoptSegments(folder, own, nowMs, () => uuids[1] ?? '', usage);
    expect(orphansIn(folder, { ...own, thread: 5 }, nowMs)).toEqual([]);
    segment?.close();
  });

  test('renames each, oldest first', () => {
    const folder = tempFolder();
    const dead = { ...own, pid: 2 ** 22 + 1 };
    leave(folder, dead, 1000, uuids[0]);
    leave(folder, dead, 9000, uuids[1]);
    const usage = { readyRecords: 0, readyBytes: 0, memoryRecords: 0, diskBytes: 0 };
    const ids = ['aaaaaaaa-1111-4111-8111-111111111111', 'bbbbbbbb-1111-4111-8111-111111111111'];
    const wanted = ids.map((id) => segmentName(own, id));
    const adopted = adoptSegments(folder, own, nowMs, () => ids.shift() ?? '', usage);
    expect(adopted.map(({ path }) => path)).toEqual(wanted.map((name) => join(folder, name)));
    expect(segmentsUnder(folder)).toEqual(wanted);
    for (const segment of adopted) segment.close();
  });
});
