import { join } from 'node:path';
import type { Entry, RecordHead } from '../transport/entry.ts';
import { adoptSegments, makeSpoolFolder } from './adopt-segments.ts';
import { mayBeDropped } from './lost-records.ts';
import { frameBodyLimit, frameRecord } from './segment-file.ts';
import { segmentName, type SegmentOwner } from './segment-name.ts';
import { Segment, type Usage } from './segment.ts';

/** Why records were lost on purpose, as the ledger names it. */
export type DropReason = 'spool_full' | 'queue_full';

/** What bounds a store. */
export interface StoreLimits {
  /** A segment that has grown to this is sealed. */
  readonly segmentBytes: number;
  /** Bytes on disk, all segments together. */
  readonly diskBytes: number;
  /** Bytes of records kept in memory while they are on disk as well. */
  readonly memoryBytes: number;
  /** Records in memory where there is no disk; of starts and ends twice as many. */
  readonly memoryRecords: number;
  /** After the disk refused a record, memory serves for so long before the disk is tried again. */
  readonly diskPauseMs: number;
}

/** The limits of a running program. */
export const storeLimits: StoreLimits = {
  segmentBytes: 1024 * 1024,
  diskBytes: 256 * 1024 * 1024,
  memoryBytes: 4 * 1024 * 1024,
  memoryRecords: 10_000,
  diskPauseMs: 30_000,
};

/** What a store needs of the world. */
export interface StoreOptions {
  /** Where segments go; null keeps all in memory. */
  readonly folder: string | null;
  readonly owner: SegmentOwner;
  /** The sender of this process: its closes can be said again. */
  readonly sender: string;
  readonly limits: StoreLimits;
  readonly nowMs: () => number;
  readonly newId: () => string;
  /** The disk cannot be used, and why. */
  readonly onDiskTrouble: (error: unknown) => void;
  /** Records were lost to a limit. */
  readonly onDropped: (heads: readonly RecordHead[], reason: DropReason) => void;
}

/** Every record that the server has not acknowledged yet, in order, on disk where there is one. */
export class RecordStore {
  readonly #options: StoreOptions;
  readonly #usage: Usage = { readyRecords: 0, readyBytes: 0, memoryRecords: 0, diskBytes: 0 };
  #own: Segment[] = [];
  #adopted: Segment[] = [];
  #current: Segment | null = null;
  /** What dropped segments left: their starts, closes and ends, sent before all others. */
  #survivors: Segment | null = null;
  #isAdoptedTurn = false;
  #diskPausedUntil = 0;

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  /** What is held now. */
  get usage(): Readonly<Usage> {
    return this.#usage;
  }

  /** True when records wait that only the disk holds. */
  get hasBacklog(): boolean {
    return this.#adopted.length > 0 || this.#own.some((segment) => segment.hasUnread);
  }

  /** True when everything was settled. */
  get isEmpty(): boolean {
    return this.#own.length === 0 && this.#adopted.length === 0;
  }

  /** True while adopted segments are being sent. */
  get hasAdopted(): boolean {
    return this.#adopted.length > 0;
  }

  /** True while this store has a file. */
  get hasFiles(): boolean {
    return [...this.#own, ...this.#adopted].some(({ path }) => path !== null);
  }

  /** Keeps one record of JSON text; on disk before this returns, if there is one. */
  append(json: string, head: RecordHead): void {
    const frame = frameRecord(json);
    const { limits } = this.#options;
    this.#limitDisk(frame.length);
    const keep = this.#usage.readyBytes + frame.length <= limits.memoryBytes;
    this.#write((segment) => segment.append(frame, head, keep));
    if (this.#usage.memoryRecords > limits.memoryRecords) this.#limitMemory();
  }

  /** Moves a handed-out entry to the tail, still handed out; the one returned stands for it. */
  moveToTail(entry: Entry): Entry {
    if (this.#current?.hasUnread) this.#seal(this.#current);
    const frame = frameRecord(entry.body.toString());
    const moved = this.#write((segment) => segment.hold(frame, entry.head));
    this.settle([entry]);
    return moved;
  }

  /** Hands out the next records in order, own and adopted ones in turn. */
  take(maxRecords: number, maxBytes: number): Entry[] {
    const lanes = this.#isAdoptedTurn ? [this.#adopted, this.#own] : [this.#own, this.#adopted];
    this.#isAdoptedTurn = !this.#isAdoptedTurn;
    for (const segment of lanes.flat()) {
      const entries = segment.take(maxRecords, maxBytes);
      if (entries.length > 0) return entries;
    }
    // What is left of a file may be a torn tail alone.
    this.#removeDrained();
    return [];
  }

  /** Forgets entries that were handed out: acknowledged, or given up and counted. */
  settle(entries: readonly Entry[]): void {
    for (const { home } of entries) home.outstanding -= 1;
    this.#removeDrained();
  }

  /** Takes over what dead processes left; the number of files. */
  adopt(): number {
    const { folder, owner, nowMs, newId } = this.#options;
    if (folder === null) return 0;
    const segments = adoptSegments(folder, owner, nowMs(), newId, this.#usage);
    this.#adopted.push(...segments);
    this.#removeDrained();
    return segments.length;
  }

  /** Brings what was written to the disk itself. */
  sync(): void {
    for (const segment of this.#own) segment.sync();
  }

  /** Shows other processes that this one lives; what was taken away is written again. */
  touch(): void {
    const seconds = this.#options.nowMs() / 1000;
    for (const segment of [...this.#adopted, ...this.#own]) {
      if (!segment.touch(seconds)) this.#rewrite(segment);
    }
  }

  /** Closes every file; what was not acknowledged stays for the next process. */
  close(): void {
    for (const segment of [...this.#own, ...this.#adopted]) {
      segment.syncNow();
      segment.close();
    }
    this.#own = [];
    this.#adopted = [];
    this.#current = null;
  }

  #write<T>(put: (segment: Segment) => T): T {
    const segment = this.#segmentToWrite();
    try {
      return put(segment);
    } catch (error) {
      this.#pauseDisk(error);
      return put(this.#segmentToWrite());
    } finally {
      if (this.#isFull(segment)) this.#seal(segment);
    }
  }

  #segmentToWrite(): Segment {
    if (this.#current?.path === null && this.#mayUseDisk()) this.#seal(this.#current);
    if (this.#current === null) {
      this.#current = this.#open();
      this.#own.push(this.#current);
    }
    return this.#current;
  }

  #open(): Segment {
    const { folder, owner, newId } = this.#options;
    if (folder === null || !this.#mayUseDisk()) return Segment.inMemory(this.#usage);
    try {
      makeSpoolFolder(folder);
      return Segment.create(this.#usage, join(folder, segmentName(owner, newId())));
    } catch (error) {
      this.#pauseDisk(error);
      return Segment.inMemory(this.#usage);
    }
  }

  #isFull(segment: Segment): boolean {
    const { segmentBytes, memoryRecords } = this.#options.limits;
    return segment.path === null
      ? segment.appended >= memoryRecords / 10
      : segment.size >= segmentBytes;
  }

  #mayUseDisk(): boolean {
    return this.#options.folder !== null && this.#options.nowMs() >= this.#diskPausedUntil;
  }

  #pauseDisk(error: unknown): void {
    this.#diskPausedUntil = this.#options.nowMs() + this.#options.limits.diskPauseMs;
    if (this.#current !== null) this.#seal(this.#current);
    this.#options.onDiskTrouble(error);
  }

  #seal(segment: Segment): void {
    segment.isSealed = true;
    if (this.#current === segment) this.#current = null;
  }

  /** Makes room for `bytes` on disk by dropping the oldest records, where any may be dropped. */
  #limitDisk(bytes: number): void {
    const { diskBytes } = this.#options.limits;
    if (this.#usage.diskBytes + bytes <= diskBytes) return;
    const lost: RecordHead[] = [];
    while (this.#usage.diskBytes + bytes > diskBytes) {
      const oldest = this.#oldest((segment) => segment.path !== null);
      if (oldest === undefined) break;
      lost.push(...this.#drop(oldest));
      this.#removeDrained();
    }
    if (lost.length > 0) this.#options.onDropped(lost, 'spool_full');
  }

  #limitMemory(): void {
    const { memoryRecords } = this.#options.limits;
    const oldest = this.#oldest((segment) => segment.path === null);
    const lost = oldest === undefined ? [] : this.#drop(oldest);
    const survivors = this.#survivors;
    if (survivors?.path === null && this.#usage.memoryRecords > 2 * memoryRecords) {
      this.#survivors = null;
      lost.push(...[...takeAll(survivors)].map((entry) => entry.head));
    }
    this.#removeDrained();
    if (lost.length > 0) this.#options.onDropped(lost, 'queue_full');
  }

  #oldest(isWanted: (segment: Segment) => boolean): Segment | undefined {
    const isDroppable = (segment: Segment) =>
      segment !== this.#survivors && (segment.readyCount > 0 || segment.hasUnread);
    return [...this.#adopted, ...this.#own].find((it) => isWanted(it) && isDroppable(it));
  }

  /** Empties a segment: what may not be lost goes to the survivors, the heads of the rest are returned. */
  #drop(segment: Segment): RecordHead[] {
    this.#seal(segment);
    const lost: RecordHead[] = [];
    for (const entry of takeAll(segment)) {
      if (mayBeDropped(entry.head, this.#options.sender)) lost.push(entry.head);
      else this.#keep(entry);
    }
    return lost;
  }

  #keep(entry: Entry): void {
    if (this.#survivors === null) {
      this.#survivors = this.#open();
      this.#own.unshift(this.#survivors);
    }
    try {
      this.#survivors.append(frameRecord(entry.body.toString()), entry.head, true);
    } catch (error) {
      this.#pauseDisk(error);
      this.#survivors = null;
      this.#keep(entry);
    }
  }

  /** The file is somebody else's now; what memory holds of it is written again. */
  #rewrite(segment: Segment): void {
    this.#seal(segment);
    segment.close();
    for (const entry of takeAll(segment)) this.append(entry.body.toString(), entry.head);
    this.#removeDrained();
  }

  #removeDrained(): void {
    const drained = [...this.#own, ...this.#adopted].filter(({ isDrained }) => isDrained);
    for (const segment of drained) {
      segment.remove();
      if (this.#current === segment) this.#current = null;
      if (this.#survivors === segment) this.#survivors = null;
    }
    if (drained.length === 0) return;
    this.#own = this.#own.filter((segment) => !drained.includes(segment));
    this.#adopted = this.#adopted.filter((segment) => !drained.includes(segment));
  }
}

/** Takes and settles what a segment holds, a stretch at a time. */
function* takeAll(segment: Segment): Generator<Entry> {
  for (;;) {
    const entries = segment.take(1000, frameBodyLimit);
    if (entries.length === 0) return;
    yield* entries;
    segment.outstanding -= entries.length;
  }
}
