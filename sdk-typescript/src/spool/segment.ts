import {
  closeSync,
  fstatSync,
  fsync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import type { IngestRecord } from '@niitaka/protocol/ingest.ts';
import { headOf, type Entry, type EntryHome, type RecordHead } from '../transport/entry.ts';
import { frameBodyLimit, frameHeaderBytes, scanFrames } from './segment-file.ts';

/** Bytes read from disk at once; grows to one record where that is longer. */
const readChunkBytes = 1024 * 1024;

/** What all segments of one store hold together; each segment keeps it true. */
export interface Usage {
  /** Records in memory that wait to be taken. */
  readyRecords: number;
  /** Bytes of those records. */
  readyBytes: number;
  /** Of those records, the ones that no file holds. */
  memoryRecords: number;
  /** Bytes in files. */
  diskBytes: number;
}

/** A run of records in order: a file of the spool, or memory alone where no disk can be used. */
export class Segment implements EntryHome {
  readonly path: string | null;
  /** Entries handed out and not settled yet. */
  outstanding = 0;
  /** Bytes of whole frames; 0 for a segment in memory. */
  size = 0;
  /** Records appended by this process. */
  appended = 0;
  /** True when nothing is appended any more. */
  isSealed = false;
  #fd: number | null;
  #readAt = 0;
  #ready: Entry[] = [];
  #taken = 0;
  #isDirty = false;
  readonly #usage: Usage;

  private constructor(usage: Usage, path: string | null, fd: number | null) {
    this.#usage = usage;
    this.path = path;
    this.#fd = fd;
  }

  /** Creates a file of mode 0600; throws what the file system throws. */
  static create(usage: Usage, path: string): Segment {
    return new Segment(usage, path, openSync(path, 'ax+', 0o600));
  }

  /** Opens the file of a writer that is gone, to be read; throws what the file system throws. */
  static adopt(usage: Usage, path: string): Segment {
    const segment = new Segment(usage, path, openSync(path, 'r'));
    segment.isSealed = true;
    segment.#grow();
    return segment;
  }

  /** A segment that lives in memory alone. */
  static inMemory(usage: Usage): Segment {
    return new Segment(usage, null, null);
  }

  /** Entries in memory that wait to be taken. */
  get readyCount(): number {
    return this.#ready.length - this.#taken;
  }

  /** True when some records are on disk only. */
  get hasUnread(): boolean {
    return this.#readAt < this.size;
  }

  /** True when every record is settled. */
  get isDrained(): boolean {
    if (this.readyCount > 0 || this.outstanding > 0) return false;
    if (this.isSealed) this.#grow();
    return !this.hasUnread;
  }

  /**
   * Appends a framed record, on disk before this returns, and keeps it in memory too unless `keep` is false or
   * older records are on disk only. Throws when the disk refuses it; the file then ends with the record before.
   */
  append(frame: Buffer, head: RecordHead, keep: boolean): void {
    const isKept = (keep || this.#fd === null) && !this.hasUnread;
    if (this.#fd !== null) this.#write(this.#fd, frame);
    this.appended += 1;
    if (!isKept) return;
    this.#readAt = this.size;
    this.#push({ body: frame.subarray(frameHeaderBytes), head, home: this });
  }

  /** Appends a framed record and hands it out at once; nothing here may be on disk only. Throws like `append`. */
  hold(frame: Buffer, head: RecordHead): Entry {
    if (this.#fd !== null) this.#write(this.#fd, frame);
    this.appended += 1;
    this.#readAt = this.size;
    this.outstanding += 1;
    return { body: frame.subarray(frameHeaderBytes), head, home: this };
  }

  /** Hands out the next entries in order: at least one when there is any, else within both limits. */
  take(maxRecords: number, maxBytes: number): Entry[] {
    while (this.readyCount === 0 && this.hasUnread) this.#load();
    let end = this.#taken;
    let bytes = 0;
    while (end < this.#ready.length && end - this.#taken < maxRecords) {
      const next = this.#ready[end]?.body.length ?? 0;
      if (bytes + next > maxBytes && end > this.#taken) break;
      bytes += next;
      end += 1;
    }
    const entries = this.#ready.slice(this.#taken, end);
    this.#taken = end;
    this.#count(-entries.length, -bytes);
    if (this.#taken === this.#ready.length) this.#forgetTaken();
    this.outstanding += entries.length;
    return entries;
  }

  /** Writes to the disk itself what the system still holds, without waiting. */
  sync(): void {
    if (this.#fd === null || !this.#isDirty) return;
    this.#isDirty = false;
    fsync(this.#fd, () => {});
  }

  /** Like `sync`, and waits. */
  syncNow(): void {
    if (this.#fd !== null && this.#isDirty) fsyncSync(this.#fd);
    this.#isDirty = false;
  }

  /** Shows that the writer lives; false when the file was taken away by somebody else. */
  touch(seconds: number): boolean {
    if (this.path === null || this.#fd === null) return true;
    try {
      utimesSync(this.path, seconds, seconds);
      return statSync(this.path).ino === fstatSync(this.#fd).ino;
    } catch {
      return false;
    }
  }

  /** Closes and deletes the file, if it is still there. */
  remove(): void {
    this.#usage.diskBytes -= this.size;
    this.size = 0;
    this.close();
    if (this.path === null) return;
    try {
      unlinkSync(this.path);
    } catch {
      // Somebody else has taken or deleted it.
    }
  }

  /** Closes the file and leaves it where it is. */
  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
    this.#readAt = this.size;
  }

  #write(fd: number, frame: Buffer): void {
    try {
      for (let at = 0; at < frame.length;) at += writeSync(fd, frame, at);
    } catch (error) {
      this.isSealed = true;
      try {
        ftruncateSync(fd, this.size);
      } catch {
        // The torn frame stays at the end, where every reader ignores it.
      }
      throw error;
    }
    this.#resize(this.size + frame.length);
    this.#isDirty = true;
  }

  #load(): void {
    const left = this.size - this.#readAt;
    let scan = scanFrames(this.#read(Math.min(left, readChunkBytes)));
    if (scan.consumed === 0 && !scan.damaged && left > readChunkBytes) {
      scan = scanFrames(this.#read(Math.min(left, frameBodyLimit + frameHeaderBytes)));
    }
    this.#readAt += scan.consumed;
    // Nothing more can be read: a torn tail, or damage.
    if (scan.damaged || scan.consumed === 0) this.#readAt = this.size;
    for (const body of scan.bodies) {
      const head = readHead(body);
      if (head !== null) this.#push({ body, head, home: this });
    }
  }

  #push(entry: Entry): void {
    this.#ready.push(entry);
    this.#count(1, entry.body.length);
  }

  #count(records: number, bytes: number): void {
    this.#usage.readyRecords += records;
    this.#usage.readyBytes += bytes;
    if (this.path === null) this.#usage.memoryRecords += records;
  }

  #forgetTaken(): void {
    this.#ready = [];
    this.#taken = 0;
  }

  #resize(size: number): void {
    this.#usage.diskBytes += size - this.size;
    this.size = size;
  }

  #read(length: number): Buffer {
    const chunk = Buffer.allocUnsafe(length);
    const found = this.#fd === null ? 0 : readSync(this.#fd, chunk, 0, length, this.#readAt);
    return chunk.subarray(0, found);
  }

  /** A writer that was only frozen may have appended after its file was taken. */
  #grow(): void {
    if (this.#fd === null || !this.isSealed) return;
    const size = fstatSync(this.#fd).size;
    if (size > this.size) this.#resize(size);
  }
}

function readHead(body: Buffer): RecordHead | null {
  try {
    const record: unknown = JSON.parse(body.toString());
    return isRecord(record) ? headOf(record) : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is IngestRecord {
  return typeof value === 'object' && value !== null && 'kind' in value;
}
