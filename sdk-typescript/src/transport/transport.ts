import { randomUUID } from 'node:crypto';
import type { IngestAnswer, IngestRecord, Rejection } from '@niitaka/protocol/ingest.ts';
import { ControlPoll } from '../control/control-poll.ts';
import { Controls } from '../control/controls.ts';
import type { PolicySource } from '../policy/guard.ts';
import { Snapshots } from '../policy/snapshots.ts';
import { ownIdentity } from '../spool/process-identity.ts';
import { RecordStore, storeLimits, type StoreLimits } from '../spool/record-store.ts';
import { Alarm } from './alarm.ts';
import { closeSender } from './close-records.ts';
import { drainAtExit } from './drain-at-exit.ts';
import { encodeBatch } from './encode-batch.ts';
import { encodeRecord } from './encode-record.ts';
import { headOf, type Batch, type RecordHead } from './entry.ts';
import { Halve } from './halve.ts';
import { heartbeatMs, Heartbeats } from './heartbeats.ts';
import type { Verdict } from './judge-response.ts';
import { LedgerBook, type Ledger } from './ledger-book.ts';
import { Losses } from './losses.ts';
import type { Outlet, SessionTotals } from './outlet.ts';
import { Push } from './push.ts';
import { Queue, type LossReason } from './queue.ts';
import { Retry } from './retry.ts';
import { Timeout } from './timeout.ts';

const fsyncMs = 1000;
/** Fsyncs between two touches of the segments: 10 s. */
const syncsPerTouch = 10;
const watchedFlushMs = 200;
const flushMs = 1000;
/** Sessions whose totals are remembered. */
const totalsLimit = 1000;
const exitBatchRecords = 500;
const exitRecordLimit = 10_000;

/** What a transport is made of. */
export interface TransportOptions {
  readonly apiUrl: string;
  readonly apiKey: string;
  /** The folder of this address and key; null keeps records in memory. */
  readonly spoolFolder: string | null;
  /** Where the policies of this address and key are kept; null keeps them in memory. */
  readonly snapshotFolder: string | null;
  readonly version: string;
  readonly limits?: StoreLimits;
  readonly attemptTimeoutMs?: number;
  /** One warning per kind. */
  readonly warn: (kind: string, message: string) => void;
  /** Called before a batch is taken. */
  readonly beforeTake: () => void;
  /** Milliseconds until there will be more to take; null when nothing is expected. */
  readonly nextWakeMs: () => number | null;
}

/** The way of records to the server: encode → spool → queue → halve → retry → timeout → push. */
export class Transport implements Outlet {
  readonly sender = randomUUID();
  readonly controls = new Controls((record) => this.send(record));
  readonly policies: PolicySource;
  readonly #poll: ControlPoll;
  readonly #options: TransportOptions;
  readonly #ledgers = new LedgerBook(this.sender);
  readonly #losses = new Losses(this.sender, this.#ledgers, (record) => this.send(record));
  readonly #heartbeats = new Heartbeats();
  readonly #totals = new Map<string, SessionTotals>();
  readonly #store: RecordStore;
  readonly #push: Push;
  readonly #retry: Retry;
  readonly #queue: Queue;
  readonly #alarm = new Alarm();
  #upkeep: NodeJS.Timeout | null = null;
  #pulse: NodeJS.Timeout | null = null;
  #syncs = 0;
  #isDiskBroken = false;
  #isClosed = false;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#store = this.#openStore();
    this.#push = new Push(options.apiUrl, options.apiKey);
    const { apiUrl, apiKey, snapshotFolder: folder, warn } = options;
    this.policies = new Snapshots({ apiUrl, apiKey, folder, warn });
    this.#poll = new ControlPoll(options.apiUrl, options.apiKey, this.controls);
    const timeout = new Timeout(this.#push, options.attemptTimeoutMs);
    this.#retry = new Retry(timeout, {
      nowMs: Date.now,
      random: Math.random,
      alarm: this.#alarm,
      encode: (batch) => this.#encode(batch),
      onTrouble: (verdict) => this.#onTrouble(verdict),
    });
    this.#queue = this.#openQueue();
  }

  /** True when the server has decided on every record. */
  get isSettled(): boolean {
    return this.#queue.isSettled;
  }

  /** Takes over what dead processes of this address and key left. */
  adopt(): void {
    if (this.#store.adopt() === 0) return;
    this.#startUpkeep();
    this.#queue.wakeIn(0);
  }

  send(record: IngestRecord): void {
    if (this.#isClosed) return;
    // INVARIANT: the host's call goes on, whatever happens here.
    this.#guard(() => this.#keep(record));
  }

  ledgerOf(sessionId: string): Ledger {
    return this.#ledgers.of(sessionId);
  }

  startHeartbeat(sessionId: string): void {
    this.#heartbeats.add(sessionId, tick());
    this.#pulse ??= setInterval(() => void this.#queue.pump(), heartbeatMs).unref();
  }

  stopHeartbeat(sessionId: string): void {
    this.#heartbeats.remove(sessionId);
    if (this.#heartbeats.size > 0 || this.#pulse === null) return;
    clearInterval(this.#pulse);
    this.#pulse = null;
  }

  wakeIn(ms: number): void {
    this.#queue.wakeIn(ms);
  }

  totalsOf(sessionId: string): SessionTotals | null {
    return this.#totals.get(sessionId) ?? null;
  }

  flush(seconds: number): Promise<boolean> {
    this.#alarm.ring();
    return this.#queue.flush(tick() + seconds * 1000, () => false);
  }

  async close(seconds: number): Promise<boolean> {
    if (this.#isClosed) return this.#queue.isSettled;
    for (const ledger of this.#ledgers.untold()) this.send(closeSender(ledger));
    const isDone = await this.flush(seconds);
    this.#stop();
    return isDone;
  }

  /** Flushes as long as there is hope; with a spool the first failure ends it, for nothing can be lost. */
  flushBeforeExit(budgetMs: number): Promise<boolean> {
    const failures = this.#retry.failures;
    const mayGiveUp = () => this.#isSpooled && this.#retry.failures > failures;
    this.#alarm.ring();
    return this.#queue.flush(tick() + budgetMs, mayGiveUp);
  }

  /** The process exits: closes this sender's ledgers, and sends what it can without the event loop. */
  exit(budgetMs: number): void {
    if (this.#isClosed) return;
    for (const ledger of this.#ledgers.untold()) this.send(closeSender(ledger));
    const isHopeless = this.#isSpooled && this.#retry.failures > 0;
    if (!this.#queue.isSettled && !isHopeless && budgetMs > 0) {
      this.#guard(() => this.#drain(budgetMs));
    }
    this.#guard(() => this.#stop());
  }

  #keep(record: IngestRecord): void {
    const json = encodeRecord(record);
    const head = headOf(record);
    if (json === null) return this.#loseUnencodable(head);
    this.#store.append(json, head);
    this.#queue.send();
    if (this.#upkeep === null) this.#startUpkeep();
  }

  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#onFault(error);
    }
  }

  get #isSpooled(): boolean {
    return this.#options.spoolFolder !== null && !this.#isDiskBroken;
  }

  #openStore(): RecordStore {
    return new RecordStore({
      folder: this.#options.spoolFolder,
      owner: ownIdentity(),
      sender: this.sender,
      limits: this.#options.limits ?? storeLimits,
      nowMs: Date.now,
      newId: randomUUID,
      onDiskTrouble: (error) => this.#onDiskTrouble(error),
      onDropped: (heads, reason) => this.#losses.inSessions(heads, reason),
    });
  }

  #openQueue(): Queue {
    return new Queue({
      store: this.#store,
      next: new Halve(this.#retry),
      tickMs: tick,
      random: Math.random,
      beforeTake: this.#options.beforeTake,
      nextWakeMs: this.#options.nextWakeMs,
      onFault: (error) => this.#onFault(error),
      hasHeartbeat: () => this.#heartbeats.isDue(tick()),
      onAnswer: (answer) => this.#onAnswer(answer),
      onRejected: (rejection) => this.#onRejected(rejection),
      onLost: (entries, reason) =>
        this.#onLost(
          entries.map(({ head }) => head),
          reason,
        ),
      onAdoptedDrained: () => this.#losses.closeAdopted(),
    });
  }

  #encode(batch: Batch): { readonly body: Buffer; readonly count: number } {
    for (const { head } of batch.entries) this.#losses.noteAdopted(head);
    const nowMs = Date.now();
    const dropped = this.#losses.forGood;
    const sdk = {
      name: 'niitaka',
      version: this.#options.version,
      language: 'typescript',
      instance_id: this.sender,
      ...(dropped ? { dropped } : {}),
    };
    return encodeBatch(batch, sdk, this.#heartbeats.take(tick()), nowMs);
  }

  #onAnswer(answer: IngestAnswer): void {
    this.#heartbeats.confirm();
    this.controls.readAnswer(answer);
    this.#poll.noteAnswer(answer.control_poll_ms);
    this.#queue.flushMs = answer.control_poll_ms === null ? flushMs : watchedFlushMs;
    for (const { session_id, status, total_cost } of answer.sessions) {
      this.#totals.delete(session_id);
      this.#totals.set(session_id, { status, totalCost: total_cost });
    }
    for (const id of this.#totals.keys()) {
      if (this.#totals.size <= totalsLimit) break;
      this.#totals.delete(id);
    }
  }

  #onRejected({ code, message }: Rejection): void {
    this.#options.warn(`rejected_${code}`, `The server refused a record (${code}): ${message}`);
  }

  #onLost(heads: readonly RecordHead[], reason: LossReason): void {
    const lost = heads.filter(({ kind }) => kind !== 'sender.close');
    if (reason === 'refused') this.#losses.inSessions(lost, reason);
    else this.#losses.ofNoSession(lost.length, reason);
    const text = `${lost.length} records were given up (${reason}); the server shows the count.`;
    this.#options.warn(`lost_${reason}`, text);
  }

  #loseUnencodable(head: RecordHead): void {
    this.#losses.inSessions([head], 'too_large');
    this.#options.warn('too_large', `A ${head.kind} record over 1 MiB was dropped and counted.`);
  }

  #onFault(error: unknown): void {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#options.warn('fault', `A fault in the niitaka package, please report it: ${reason}`);
  }

  #onDiskTrouble(error: unknown): void {
    this.#isDiskBroken = true;
    const reason = error instanceof Error ? error.message : String(error);
    const text = `Cannot write the spool: ${reason}. Events are kept in memory (at most 10,000).`;
    this.#options.warn('spool', text);
  }

  #onTrouble(verdict: Verdict): void {
    const { apiUrl, apiKey } = this.#options;
    const kept = this.#isSpooled ? 'kept on disk' : 'kept in memory';
    if (verdict.kind === 'paused') {
      const key = `key ${apiKey.slice(0, 11)}…`;
      const text = `${apiUrl} does not take events with ${key}: ${verdict.reason}. They are ${kept}.`;
      this.#options.warn(`paused_${verdict.status}`, text);
    } else if (verdict.kind === 'again') {
      const text = `Cannot reach ${apiUrl}: ${verdict.reason}. Events are ${kept} and sent later.`;
      this.#options.warn('unreachable', text);
    }
  }

  #drain(budgetMs: number): void {
    const { apiUrl, apiKey } = this.#options;
    const entries = this.#queue.takeAll(exitRecordLimit);
    const batches: Batch[] = [];
    for (let at = 0; at < entries.length; at += exitBatchRecords) {
      batches.push({ entries: entries.slice(at, at + exitBatchRecords) });
    }
    const bodies = batches.map((batch) => this.#encode(batch).body);
    const decided = drainAtExit(apiUrl, apiKey, bodies, budgetMs);
    for (const [index, { entries: sent }] of batches.entries()) {
      if (decided[index]) this.#store.settle(sent);
    }
  }

  #startUpkeep(): void {
    if (!this.#store.hasFiles) return;
    this.#upkeep ??= setInterval(() => this.#guard(() => this.#keepUp()), fsyncMs).unref();
  }

  #keepUp(): void {
    this.#syncs += 1;
    this.#store.sync();
    if (this.#syncs % syncsPerTouch === 0) this.#store.touch();
    if (this.#store.hasFiles || this.#upkeep === null) return;
    clearInterval(this.#upkeep);
    this.#upkeep = null;
  }

  #stop(): void {
    this.#isClosed = true;
    this.#queue.close();
    this.#retry.close();
    this.#push.close();
    this.#poll.close();
    this.#store.close();
    if (this.#upkeep) clearInterval(this.#upkeep);
    if (this.#pulse) clearInterval(this.#pulse);
  }
}

/** Milliseconds of a clock that never steps back: a moved wall clock holds nothing up. */
function tick(): number {
  return performance.now();
}
