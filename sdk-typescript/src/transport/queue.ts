import type { IngestAnswer, Rejection } from '@niitaka/protocol/ingest.ts';
import type { RecordStore } from '../spool/record-store.ts';
import type { Batch, Entry } from './entry.ts';
import { Deferrals } from './deferrals.ts';
import type { Part } from './halve.ts';
import type { Sender } from './one-way.ts';

const flushAtRecords = 100;
const flushAtBytes = 256 * 1024;
/** What one request carries at most; the server's limits are 1,000 records and 8 MiB. */
const batchRecords = 500;
const batchBytes = 1024 * 1024;
/** Refused starts that are remembered. */
const refusedLimit = 10_000;
/** A timer may ring a little early; what it is for must be due by then. */
const wakeSlackMs = 5;
/** How often a caller's flush looks whether all is settled. */
const flushPollMs = 10;

/** Why the server or the queue gave records up. */
export type LossReason = 'refused' | 'start_refused' | 'session_not_found';

/** What a queue needs of the world. */
export interface QueueOptions {
  readonly store: RecordStore;
  readonly next: Sender<Batch, Promise<Part[] | null>>;
  /** Milliseconds of a clock that never steps back. */
  readonly tickMs: () => number;
  readonly random: () => number;
  /** Called before records are taken: the last chance to add some. */
  readonly beforeTake: () => void;
  /** Milliseconds until there will be records to add; null when none are expected. */
  readonly nextWakeMs: () => number | null;
  /** Something went wrong that cannot. */
  readonly onFault: (error: unknown) => void;
  /** True when a request is to be made although no record waits. */
  readonly hasHeartbeat: () => boolean;
  readonly onAnswer: (answer: IngestAnswer) => void;
  readonly onRejected: (rejection: Rejection) => void;
  readonly onLost: (entries: readonly Entry[], reason: LossReason) => void;
  /** Adopted records were all settled. */
  readonly onAdoptedDrained: () => void;
}

/** Decides when records are sent: at 100, at 256 KiB, or after the flush interval; one batch at a time. */
export class Queue implements Sender<void, void> {
  /** How long a record waits for company. */
  flushMs = 1000;
  readonly #options: QueueOptions;
  readonly #deferrals = new Deferrals();
  readonly #refusedSessions = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #timerDueMs = 0;
  #pumping: Promise<void> | null = null;
  #inFlight: Entry[] = [];
  #flushes = 0;
  #hasAdopted = false;
  #isClosed = false;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** True when the server has decided on every record. */
  get isSettled(): boolean {
    return this.#options.store.isEmpty && this.#deferrals.size === 0 && this.#inFlight.length === 0;
  }

  /** Tells that a record was stored. */
  send(): void {
    const { readyRecords, readyBytes } = this.#options.store.usage;
    if (readyRecords >= flushAtRecords || readyBytes >= flushAtBytes) void this.pump();
    else this.wakeIn(this.flushMs);
  }

  /** Makes sure that the queue looks for work within `ms`. */
  wakeIn(ms: number): void {
    const dueMs = this.#options.tickMs() + ms;
    if (this.#isClosed || this.#pumping || (this.#timer && this.#timerDueMs <= dueMs)) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timerDueMs = dueMs;
    this.#timer = setTimeout(() => void this.pump(), ms);
    this.#timer.unref();
  }

  /** Sends what waits; resolves when nothing urgent is left. Never rejects. */
  pump(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#pumping ??= this.#run()
      .catch(this.#options.onFault)
      .finally(() => {
        this.#pumping = null;
        this.#wakeForRest();
      });
    return this.#pumping;
  }

  /** Sends until all is settled, the tick `untilMs` has come or `mayGiveUp` says so; keeps the process alive meanwhile. */
  async flush(untilMs: number, mayGiveUp: () => boolean): Promise<boolean> {
    this.#flushes += 1;
    try {
      while (
        !this.isSettled &&
        !this.#isClosed &&
        this.#options.tickMs() < untilMs &&
        !mayGiveUp()
      ) {
        void this.pump();
        await new Promise((resolve) => {
          setTimeout(resolve, flushPollMs);
        });
      }
      return this.isSettled;
    } finally {
      this.#flushes -= 1;
    }
  }

  /** Everything that is not settled, taken out: nothing is sent any more. */
  takeAll(limit: number): Entry[] {
    this.close();
    const entries = [...this.#inFlight, ...this.#deferrals.all()];
    while (entries.length < limit) {
      const taken = this.#options.store.take(batchRecords, batchBytes);
      if (taken.length === 0) break;
      entries.push(...taken);
    }
    return entries;
  }

  /** Sends no more. */
  close(): void {
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  async #run(): Promise<void> {
    while ((await this.#round()) && !this.#isClosed) {
      if (this.#flushes === 0 && !this.#isUrgent()) return;
    }
  }

  #isUrgent(): boolean {
    const { usage, hasBacklog } = this.#options.store;
    return hasBacklog || usage.readyRecords >= flushAtRecords || usage.readyBytes >= flushAtBytes;
  }

  /** One batch; false when there was nothing to send. */
  async #round(): Promise<boolean> {
    const { store, next, tickMs, hasHeartbeat } = this.#options;
    this.#options.beforeTake();
    this.#hasAdopted ||= store.hasAdopted;
    const taken = this.#withoutRefused(store.take(batchRecords, batchBytes));
    const entries = [...taken, ...this.#deferrals.takeDue(tickMs(), batchRecords)];
    if (entries.length === 0 && !hasHeartbeat()) {
      this.#noteDrained();
      return false;
    }
    this.#inFlight = entries;
    const parts = await next.send({ entries });
    if (parts === null || this.#isClosed) return false;
    this.#inFlight = [];
    for (const part of parts) this.#settle(part);
    this.#noteDrained();
    return true;
  }

  #noteDrained(): void {
    if (!this.#hasAdopted || this.#options.store.hasAdopted) return;
    this.#hasAdopted = false;
    this.#options.onAdoptedDrained();
  }

  #withoutRefused(entries: readonly Entry[]): readonly Entry[] {
    if (this.#refusedSessions.size === 0) return entries;
    const isRefused = ({ head }: Entry) => this.#refusedSessions.has(head.sessionId ?? '');
    const lost = entries.filter(isRefused);
    if (lost.length === 0) return entries;
    this.#giveUp(lost, 'start_refused');
    return entries.filter((entry) => !isRefused(entry));
  }

  #settle({ entries, answer }: Part): void {
    if (answer === null) {
      for (const entry of entries) this.#noteRefusedStart(entry);
      this.#giveUp(entries, 'refused');
      return;
    }
    const rejections = new Map(answer.rejected.map((rejection) => [rejection.index, rejection]));
    const settled: Entry[] = [];
    for (const [index, entry] of entries.entries()) {
      const rejection = rejections.get(index);
      if (rejection === undefined || !this.#reject(entry, rejection)) settled.push(entry);
    }
    this.#options.store.settle(settled);
    this.#options.onAnswer(answer);
  }

  /** True when somebody else has settled the entry. */
  #reject(entry: Entry, rejection: Rejection): boolean {
    const { store, tickMs, random, onRejected } = this.#options;
    if (!rejection.retryable) {
      this.#noteRefusedStart(entry);
      onRejected(rejection);
      return false;
    }
    if (this.#refusedSessions.has(entry.head.sessionId ?? '')) {
      this.#giveUp([entry], 'start_refused');
    } else if (this.#deferrals.isHopeless(entry, rejection.code, tickMs())) {
      this.#giveUp([entry], 'session_not_found');
    } else {
      const moved = store.moveToTail(entry);
      this.#deferrals.add(entry, moved, rejection.code, tickMs(), random());
    }
    return true;
  }

  #noteRefusedStart({ head }: Entry): void {
    if (head.kind !== 'session.start' || head.sessionId === null) return;
    if (this.#refusedSessions.size < refusedLimit) this.#refusedSessions.add(head.sessionId);
  }

  #giveUp(entries: readonly Entry[], reason: LossReason): void {
    this.#options.store.settle(entries);
    this.#options.onLost(entries, reason);
  }

  #wakeForRest(): void {
    if (this.#options.store.usage.readyRecords > 0) this.wakeIn(this.flushMs);
    const nextDueMs = this.#deferrals.nextDueMs;
    if (nextDueMs !== null) this.wakeIn(Math.max(0, nextDueMs - this.#options.tickMs()));
    const nextWakeMs = this.#options.nextWakeMs();
    if (nextWakeMs !== null) this.wakeIn(nextWakeMs + wakeSlackMs);
  }
}
