import type { CompiledPolicies } from '@niitaka/core/policy/compile-policies.ts';
import type { IngestRecord } from '@niitaka/protocol/ingest.ts';
import type { Client } from '../client/client.ts';
import type { Control } from '../control/control.ts';
import { currentScope } from '../context/scope.ts';
import { filePolicies } from '../policy/file-policies.ts';
import { Guard } from '../policy/guard.ts';
import { SessionConfigs } from '../policy/session-configs.ts';
import type { SnapshotKey } from '../policy/snapshot.ts';
import { closeSender, endSession } from '../transport/close-records.ts';
import { addCount, type Ledger } from '../transport/ledger-book.ts';
import { wireTime } from '../transport/wire-time.ts';
import { Call, type CallStart } from './call.ts';
import { checkEventOptions, entriesOf, isObject, readTime } from './check-arguments.ts';
import { errorData } from './describe-error.ts';
import { isStop } from './is-stop.ts';
import { readMetrics } from './read-metrics.ts';
import type { EventOptions, EventType, Metrics } from './session-options.ts';

type EventRecord = Extract<IngestRecord, { kind: 'event' | 'event.update' }>;

/** What the event records of one session have in common to say. */
export interface EventFields {
  readonly kind: 'event' | 'event.update';
  readonly eventId: string;
  readonly type: EventType;
  readonly name: string | undefined;
  readonly parent: string | null;
  readonly startedAtMs: number;
  /** Null while the event is open. */
  readonly endedAtMs: number | null;
  readonly latencyMs?: number;
  readonly level?: EventOptions['level'];
  readonly data: Readonly<Record<string, unknown>>;
}

/** Errors that have their event already: one exception object is one error event. */
const recordedErrors = new WeakSet<object>();

/** Turns what happens in one session into numbered records. */
export class Recorder {
  readonly client: Client;
  readonly sessionId: string;
  /** True for the process that started the session: only it ends it. */
  readonly isOwner: boolean;
  /** What operators ask of the session. */
  readonly control: Control;
  /** What is to be settled when the session ends here: calls that nobody reads to their end. */
  readonly atEnd = new Set<() => void>();
  /** How its agent is to run; null where that is not known here. */
  configs: SessionConfigs | null = null;
  /** The root of its tree, as far as it is known here. */
  rootSessionId: string;
  readonly #ledger: Ledger;
  readonly #metricNames = new Set<string>();
  #isEnded = false;

  constructor(client: Client, sessionId: string, isOwner: boolean) {
    this.client = client;
    this.sessionId = sessionId;
    this.rootSessionId = sessionId;
    this.isOwner = isOwner;
    this.#ledger = client.outlet.ledgerOf(sessionId);
    this.control = client.outlet.controls.of(sessionId);
  }

  /** From here on the policies known for the agent hold, or those of a file; this waits for nothing (P5, P8). */
  guardBy(
    key: SnapshotKey,
    ownPolicies: CompiledPolicies | null,
    parent: Recorder | null,
    parentSessionId: string | null,
  ): void {
    const served = this.client.outlet.policies;
    const { controls } = this.client.outlet;
    const parentId = parent?.sessionId ?? parentSessionId;
    const rootId = parent?.rootSessionId ?? (parentId && controls.rootOf(parentId)) ?? parentId;
    this.rootSessionId = rootId ?? this.sessionId;
    if (served === null) return;
    this.configs = new SessionConfigs(served, key);
    const source = ownPolicies === null ? served : filePolicies(served, ownPolicies);
    const { sessionId } = this;
    const tree = controls.trees.of(this.rootSessionId);
    const send = (record: IngestRecord) =>
      this.#send({ ...record, ...this.#number() } as IngestRecord);
    this.control.guard = new Guard({ sessionId, tree, key, source, send });
  }

  /** True when this process has nothing more to say of the session. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Records one finished event; its id. Throws a `TypeError` for arguments of the wrong kind. */
  event(type: EventType, options: EventOptions): string {
    checkEventOptions(type, options);
    const { startedAt, endedAt, parent } = options;
    const end = endedAt == null ? Date.now() : readTime(endedAt, 'endedAt');
    const start = startedAt == null ? end : readTime(startedAt, 'startedAt');
    const eventId = this.client.newId();
    this.sendEvent({
      kind: 'event',
      eventId,
      type,
      name: options.name,
      parent: this.parentOf(parent),
      startedAtMs: start,
      endedAtMs: endedAt == null ? Math.max(start, end) : end,
      level: options.level,
      data: dataOf(type, options.data),
    });
    this.control.noteEvent(type, dataOf(type, options.data), start);
    return eventId;
  }

  /** Records a thrown value as an error event, once per object; its id, or null when it has one already. */
  error(thrown: unknown, options: EventOptions): string | null {
    if (!this.noteError(thrown)) return null;
    return this.event('error', {
      ...options,
      level: 'error',
      data: { ...errorData(thrown), ...Object.fromEntries(entriesOf(options.data ?? {})) },
    });
  }

  /** True for the first sight of a thrown value; a deliberate stop is none (E1). */
  noteError(thrown: unknown): boolean {
    if (isStop(thrown)) return false;
    if (typeof thrown !== 'object' || thrown === null) return true;
    if (recordedErrors.has(thrown)) return false;
    recordedErrors.add(thrown);
    return true;
  }

  /** Begins a call that is to be finished or to fail. */
  begin(start: CallStart): Call {
    return new Call(this, this.client.openCalls, start);
  }

  /** Sends outcome metrics; bad values are left out, counted and warned of (thrown in strict mode). */
  metrics(input: Metrics): void {
    const { metrics, problems } = readMetrics(input, this.#metricNames);
    if (problems.length > 0) this.#refuseMetrics(problems);
    const names = Object.keys(metrics);
    if (names.length === 0) return;
    for (const name of names) this.#metricNames.add(name);
    this.#send({
      kind: 'session.metrics',
      session_id: this.sessionId,
      ...this.#number(),
      metrics,
      recorded_at: wireTime(Date.now()),
    });
  }

  /** Ends the session, or closes this sender where another process owns it. Once. */
  end(): void {
    if (this.#isEnded) return;
    for (const settle of this.atEnd) settle();
    this.#isEnded = true;
    this.client.running.delete(this);
    this.client.outlet.stopHeartbeat(this.sessionId);
    this.client.outlet.controls.forget(this.sessionId);
    const record = this.isOwner ? endSession(this.#ledger, Date.now()) : closeSender(this.#ledger);
    this.client.outlet.send(record);
  }

  /** The parent event of what happens here. */
  parentOf(parent: string | null | undefined): string | null {
    if (parent !== undefined) return parent;
    const scope = currentScope();
    return scope?.recorder === this ? scope.eventId : null;
  }

  /** Sends one event record, filtered and numbered. */
  sendEvent(fields: EventFields): void {
    const { content } = this.client;
    const { value: data, cuts } = content.passObject(fields.data, 'data');
    const name = fields.name == null ? undefined : content.passText(fields.name, 'name');
    const record: Omit<EventRecord, 'kind' | 'sender' | 'seq'> = {
      session_id: this.sessionId,
      event_id: fields.eventId,
      type: fields.type,
      started_at: wireTime(fields.startedAtMs),
      data,
      ...(name === undefined ? {} : { name }),
      ...(fields.parent === null ? {} : { parent_event_id: fields.parent }),
      ...(fields.latencyMs === undefined ? {} : { latency_ms: fields.latencyMs }),
      ...(fields.level == null ? {} : { level: fields.level }),
      ...(cuts.length === 0 ? {} : { truncated: [...cuts] }),
    };
    const ended = fields.endedAtMs === null ? {} : { ended_at: wireTime(fields.endedAtMs) };
    this.#send({ kind: fields.kind, ...record, ...ended, ...this.#number() } as EventRecord);
  }

  #number(): { readonly sender: string; readonly seq: number } {
    this.#ledger.lastSeq += 1;
    this.#ledger.isTold = false;
    return { sender: this.#ledger.sender, seq: this.#ledger.lastSeq };
  }

  #send(record: IngestRecord): void {
    this.client.outlet.send(record);
  }

  #refuseMetrics(problems: readonly string[]): void {
    addCount(this.#ledger.omitted, 'metrics_refused', problems.length);
    this.#ledger.isTold = false;
    this.client.misuse('metrics', `Metrics left out: ${[...new Set(problems)].join('; ')}`);
  }
}

/** What is no object is told under one key, and not lost. */
function dataOf(type: EventType, data: unknown): Readonly<Record<string, unknown>> {
  if (data === undefined || data === null) return {};
  if (isObject(data)) return data as Readonly<Record<string, unknown>>;
  return { [type === 'log' ? 'message' : 'value']: data };
}
