import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  appendEvents,
  drainSeqs,
  eventRecord,
  openTestStore,
  startOfSession,
  testSender,
  testSession,
} from '../testing/store-fixture.ts';
import { segmentsUnder, tempFolder } from '../testing/temp-folder.ts';
import { ownIdentity } from './process-identity.ts';
import { frameRecord, scanFrames } from './segment-file.ts';
import { parseSegmentName } from './segment-name.ts';

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('RecordStore.append()', () => {
  test('has the record on disk before it returns, in the frame of the format', () => {
    const folder = join(tempFolder(), 'spool');
    const { store } = openTestStore(folder);
    const { json, head } = eventRecord(1);
    store.append(json, head);
    const [name] = segmentsUnder(folder);
    expect(readFileSync(join(folder, name ?? ''))).toEqual(frameRecord(json));
    expect(parseSegmentName(name ?? '')).toEqual(ownIdentity());
    store.close();
  });

  test('makes folder and file for this user alone', () => {
    const folder = join(tempFolder(), 'a', 'b');
    const { store } = openTestStore(folder);
    appendEvents(store, 1, 1);
    const [name] = segmentsUnder(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, name ?? '')).mode & 0o777).toBe(0o600);
    store.close();
  });

  test('starts a further segment when one is full', () => {
    const folder = tempFolder();
    const { store } = openTestStore(folder, { segmentBytes: 1000 });
    appendEvents(store, 1, 30);
    expect(segmentsUnder(folder).length).toBe(4);
    expect(drainSeqs(store)).toEqual(range(1, 30));
    expect(segmentsUnder(folder)).toEqual([]);
  });

  test('keeps on disk only what memory has no room for, and gives all in order', () => {
    const folder = tempFolder();
    const { store } = openTestStore(folder, { memoryBytes: 2000, segmentBytes: 4000 });
    appendEvents(store, 1, 200);
    expect(store.usage.readyBytes).toBeLessThanOrEqual(2000);
    expect(store.hasBacklog).toBe(true);
    expect(drainSeqs(store, 7)).toEqual(range(1, 200));
    expect(store.usage).toEqual({ readyRecords: 0, readyBytes: 0, memoryRecords: 0, diskBytes: 0 });
    expect(segmentsUnder(folder)).toEqual([]);
  });

  test('goes on in order when records come while the disk is read', () => {
    const { store } = openTestStore(tempFolder(), { memoryBytes: 500, segmentBytes: 1500 });
    appendEvents(store, 1, 40);
    const first = store.take(10, 1024 * 1024);
    appendEvents(store, 41, 60);
    store.settle(first);
    expect([...first.map(({ head }) => head.seq), ...drainSeqs(store)]).toEqual(range(1, 60));
  });
});

describe('RecordStore.take() and settle()', () => {
  test('hold a file until everything in it is settled', () => {
    const folder = tempFolder();
    const { store } = openTestStore(folder);
    appendEvents(store, 1, 4);
    const first = store.take(2, 1000);
    const second = store.take(2, 1000);
    store.settle(second);
    expect(segmentsUnder(folder).length).toBe(1);
    expect(store.isEmpty).toBe(false);
    store.settle(first);
    expect(segmentsUnder(folder)).toEqual([]);
    expect(store.isEmpty).toBe(true);
  });

  test('keep within the bytes asked for, but give one record at least', () => {
    const { store } = openTestStore(null);
    appendEvents(store, 1, 3, 500);
    expect(store.take(10, 10).map(({ head }) => head.seq)).toEqual([1]);
    expect(store.take(10, 1300).map(({ head }) => head.seq)).toEqual([2, 3]);
  });

  test('give nothing when there is nothing', () => {
    const { store } = openTestStore(tempFolder());
    expect(store.take(10, 1000)).toEqual([]);
    expect(store.isEmpty).toBe(true);
  });
});

describe('RecordStore.moveToTail()', () => {
  test('writes the record again, so that its old file can go', () => {
    const folder = tempFolder();
    const { store } = openTestStore(folder, { segmentBytes: 300 });
    appendEvents(store, 1, 3);
    const [first, ...others] = store.take(3, 10_000);
    if (first === undefined) throw new Error('nothing taken');
    const [oldName] = segmentsUnder(folder);
    const moved = store.moveToTail(first);
    store.settle(others);
    const names = segmentsUnder(folder);
    expect(names.length).toBe(1);
    expect(names[0]).not.toBe(oldName);
    expect(moved.body.toString()).toBe(eventRecord(1).json);
    expect(store.take(10, 1000)).toEqual([]);
    store.settle([moved]);
    expect(store.isEmpty).toBe(true);
  });

  test('does not give the record twice while others are on disk only', () => {
    const { store } = openTestStore(tempFolder(), { memoryBytes: 200, segmentBytes: 100_000 });
    appendEvents(store, 1, 10);
    const [first] = store.take(1, 10_000);
    if (first === undefined) throw new Error('nothing taken');
    const moved = store.moveToTail(first);
    expect(drainSeqs(store)).toEqual(range(2, 10));
    store.settle([moved]);
    expect(store.isEmpty).toBe(true);
  });
});

describe('RecordStore at its limits', () => {
  test('drops the oldest events of a full disk, and counts each (D1)', () => {
    const folder = tempFolder();
    const { store, dropped } = openTestStore(folder, { segmentBytes: 1000, diskBytes: 3000 });
    appendEvents(store, 1, 60);
    const lost = dropped.flatMap(({ heads }) => heads.map(({ seq }) => seq));
    const kept = drainSeqs(store);
    expect([...lost, ...kept]).toEqual(range(1, 60));
    expect(lost.length).toBeGreaterThan(20);
    expect(new Set(dropped.map(({ reason }) => reason))).toEqual(new Set(['spool_full']));
  });

  test('never drops starts and ends, and sends them before all others', () => {
    const { store } = openTestStore(tempFolder(), { segmentBytes: 1000, diskBytes: 3000 });
    const start = startOfSession();
    store.append(start.json, start.head);
    appendEvents(store, 1, 60);
    expect(store.take(1, 1000).map(({ head }) => head.kind)).toEqual(['session.start']);
  });

  test('keeps closes of other senders, and lets own ones be said again', () => {
    const { store, dropped } = openTestStore(tempFolder(), { segmentBytes: 600, diskBytes: 1500 });
    const close = (sender: string) => ({
      kind: 'sender.close' as const,
      sessionId: testSession,
      sender,
      seq: null,
      lastSeq: 9,
    });
    const foreign = '33333333-3333-4333-8333-333333333333';
    store.append(JSON.stringify({ kind: 'sender.close', sender: foreign }), close(foreign));
    store.append(JSON.stringify({ kind: 'sender.close', sender: testSender }), close(testSender));
    appendEvents(store, 1, 30);
    expect(store.take(1, 1000)[0]?.head.sender).toBe(foreign);
    const lostKinds = dropped.flatMap(({ heads }) => heads.map(({ kind }) => kind));
    expect(lostKinds.filter((kind) => kind === 'sender.close')).toEqual(['sender.close']);
  });

  test('bounds memory where there is no disk, in tenths of the limit', () => {
    const { store, dropped } = openTestStore(null, { memoryRecords: 100 });
    appendEvents(store, 1, 250);
    const lost = dropped.flatMap(({ heads }) => heads.map(({ seq }) => seq));
    expect(store.usage.memoryRecords).toBeLessThanOrEqual(100);
    expect(lost).toEqual(range(1, lost.length));
    expect(drainSeqs(store)).toEqual(range(lost.length + 1, 250));
    expect(dropped.every(({ reason }) => reason === 'queue_full')).toBe(true);
  });

  test('gives up even starts at twice the limit, so that memory has an end', () => {
    const { store } = openTestStore(null, { memoryRecords: 100 });
    const start = startOfSession();
    for (let count = 0; count < 1000; count += 1) store.append(start.json, start.head);
    expect(store.usage.memoryRecords).toBeLessThanOrEqual(210);
  });
});

describe('RecordStore without a usable disk', () => {
  test('falls back to memory, says so, and loses nothing', () => {
    const blocked = join(tempFolder(), 'file');
    writeFileSync(blocked, 'a file where the folder should be');
    const { store, troubles } = openTestStore(join(blocked, 'spool'));
    appendEvents(store, 1, 20);
    expect(troubles.length).toBe(1);
    expect(String(troubles[0])).toContain('ENOTDIR');
    expect(drainSeqs(store)).toEqual(range(1, 20));
    expect(store.isEmpty).toBe(true);
  });

  test('tries the disk again after a pause', () => {
    const place = tempFolder();
    const blocked = join(place, 'spool');
    writeFileSync(blocked, '');
    const { store, clock } = openTestStore(blocked);
    appendEvents(store, 1, 2);
    renameSync(blocked, join(place, 'gone'));
    appendEvents(store, 3, 4);
    expect(segmentsUnder(place)).toEqual([]);
    clock.nowMs += 30_001;
    appendEvents(store, 5, 6);
    expect(segmentsUnder(place).length).toBe(1);
    expect(drainSeqs(store)).toEqual(range(1, 6));
  });

  test.runIf(process.platform === 'linux')('falls back when the disk fills in the middle', () => {
    const folder = tempFolder();
    const { store, troubles } = openTestStore(folder);
    appendEvents(store, 1, 2);
    store.close();
    const full = openTestStore('/dev/full/spool');
    appendEvents(full.store, 1, 2);
    expect(full.troubles.length).toBe(1);
    expect(drainSeqs(full.store)).toEqual([1, 2]);
    expect(troubles).toEqual([]);
  });
});

describe('RecordStore.adopt()', () => {
  const dead = { ...ownIdentity(), pid: 2 ** 22 + 1, startTicks: '1' };

  function leave(folder: string, seqs: readonly number[], tail: Buffer = Buffer.alloc(0)): string {
    const name = `${dead.bootId}_${dead.namespace}_${dead.pid}_${dead.startTicks}_0_0b7c1a52-6a3d-4c47-9d53-5f0b3c1c9c11.seg`;
    mkdirSync(folder, { recursive: true });
    const frames = seqs.map((seq) => frameRecord(eventRecord(seq).json));
    writeFileSync(join(folder, name), Buffer.concat([...frames, tail]));
    return name;
  }

  test('takes what a dead process left, under a name of its own', () => {
    const folder = tempFolder();
    const old = leave(folder, [1, 2, 3]);
    const { store } = openTestStore(folder);
    expect(store.adopt()).toBe(1);
    const [name] = segmentsUnder(folder);
    expect(name).not.toBe(old);
    expect(parseSegmentName(name ?? '')).toEqual(ownIdentity());
    const entries = store.take(10, 1000);
    expect(entries.map(({ body }) => body.toString())).toEqual(
      [1, 2, 3].map((seq) => eventRecord(seq).json),
    );
    expect(entries[0]?.head).toEqual(eventRecord(1).head);
    store.settle(entries);
    expect(segmentsUnder(folder)).toEqual([]);
  });

  test('ignores a torn tail, zeros, and what is no JSON', () => {
    const folder = tempFolder();
    leave(
      folder,
      [1, 2],
      Buffer.concat([frameRecord('not json'), frameRecord('7'), Buffer.alloc(64)]),
    );
    const { store } = openTestStore(folder);
    store.adopt();
    expect(drainSeqs(store)).toEqual([1, 2]);
    expect(segmentsUnder(folder)).toEqual([]);
  });

  test('ends with a frame that was torn in the middle', () => {
    const folder = tempFolder();
    leave(folder, [1, 2], frameRecord(eventRecord(3).json).subarray(0, 30));
    const { store } = openTestStore(folder);
    store.adopt();
    expect(drainSeqs(store)).toEqual([1, 2]);
    expect(store.isEmpty).toBe(true);
    expect(segmentsUnder(folder)).toEqual([]);
  });

  test('deletes an empty segment', () => {
    const folder = tempFolder();
    leave(folder, []);
    const { store } = openTestStore(folder);
    store.adopt();
    expect(store.isEmpty).toBe(true);
    expect(segmentsUnder(folder)).toEqual([]);
  });

  test('reads a segment larger than one stretch, and a record larger than that', () => {
    const folder = tempFolder();
    const name = leave(folder, []);
    const frames = [
      ...range(1, 300).map((seq) => frameRecord(eventRecord(seq, 9000).json)),
      frameRecord(eventRecord(301, 1_500_000).json),
      frameRecord(eventRecord(302).json),
    ];
    writeFileSync(join(folder, name), Buffer.concat(frames));
    const { store } = openTestStore(folder);
    store.adopt();
    expect(drainSeqs(store)).toEqual(range(1, 302));
  });

  test('gives own and adopted records in turn', () => {
    const folder = tempFolder();
    leave(folder, range(101, 104));
    const { store } = openTestStore(folder);
    store.adopt();
    appendEvents(store, 1, 4);
    const seqs = range(1, 4).flatMap(() => store.take(2, 1000).map(({ head }) => head.seq));
    expect(seqs).toEqual([1, 2, 101, 102, 3, 4, 103, 104]);
  });

  test('of two that race each file goes to one', () => {
    const folder = tempFolder();
    leave(folder, [1, 2, 3]);
    const one = openTestStore(folder).store;
    const other = openTestStore(folder, {}, { ...ownIdentity(), thread: 77 }).store;
    expect(one.adopt() + other.adopt()).toBe(1);
    expect([...drainSeqs(one), ...drainSeqs(other)]).toEqual([1, 2, 3]);
  });

  test('goes on after what a writer appended that was only frozen', () => {
    const folder = tempFolder();
    leave(folder, [1]);
    const { store } = openTestStore(folder);
    store.adopt();
    const [name] = segmentsUnder(folder);
    const path = join(folder, name ?? '');
    const entries = store.take(10, 1000);
    writeFileSync(path, frameRecord(eventRecord(2).json), { flag: 'a' });
    store.settle(entries);
    expect(drainSeqs(store)).toEqual([2]);
  });
});

describe('RecordStore.touch()', () => {
  test('moves the time of every file', () => {
    const folder = tempFolder();
    const { store, clock } = openTestStore(folder);
    appendEvents(store, 1, 1);
    const path = join(folder, segmentsUnder(folder)[0] ?? '');
    clock.nowMs += 40_000;
    store.touch();
    expect(statSync(path).mtimeMs).toBeCloseTo(clock.nowMs, -1);
    store.close();
  });

  test('writes again what was taken away while this process was frozen', () => {
    const folder = tempFolder();
    const { store } = openTestStore(folder);
    appendEvents(store, 1, 3);
    const taken = store.take(1, 1000);
    const [name] = segmentsUnder(folder);
    renameSync(join(folder, name ?? ''), join(folder, 'stolen'));
    store.touch();
    const [again] = segmentsUnder(folder);
    const bodies = scanFrames(readFileSync(join(folder, again ?? ''))).bodies.map(String);
    expect(bodies).toEqual([2, 3].map((seq) => eventRecord(seq).json));
    store.settle(taken);
    expect(drainSeqs(store)).toEqual([2, 3]);
    expect(store.isEmpty).toBe(true);
  });
});

describe('RecordStore.close()', () => {
  test('leaves what was not acknowledged to the next process', () => {
    const folder = tempFolder();
    const { store } = openTestStore(folder, {}, { ...ownIdentity(), pid: 2 ** 22 + 1 });
    appendEvents(store, 1, 2);
    store.close();
    const next = openTestStore(folder);
    expect(next.store.adopt()).toBe(1);
    expect(drainSeqs(next.store)).toEqual([1, 2]);
  });
});
