import { performance } from 'node:perf_hooks';
import { errorData } from './describe-error.ts';
import { isStop } from './is-stop.ts';
import { announceAfterMs, type OpenCall, type OpenCalls } from './open-calls.ts';
import type { EventFields, Recorder } from './recorder.ts';
import type { EventType } from './session-options.ts';

/** How a call begins. */
export interface CallStart {
  readonly type: EventType;
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly parent: string | null;
}

/** One call from its beginning to its end: one event, timed by the monotonic clock. */
export class Call implements OpenCall {
  readonly eventId: string;
  readonly startedTick = performance.now();
  isAnnounced = false;
  readonly #recorder: Recorder;
  readonly #openCalls: OpenCalls;
  readonly #start: CallStart;
  readonly #startedAtMs = Date.now();
  #isOver = false;

  constructor(recorder: Recorder, openCalls: OpenCalls, start: CallStart) {
    this.#recorder = recorder;
    this.#openCalls = openCalls;
    this.#start = start;
    this.eventId = recorder.client.newId();
    openCalls.add(this);
    recorder.client.outlet.wakeIn(announceAfterMs + 5);
  }

  announce(): void {
    this.#recorder.sendEvent({ ...this.#fields('event'), endedAtMs: null });
  }

  /** The call answered; it took until now, or `latencyMs`. */
  finish(data: Readonly<Record<string, unknown>>, latencyMs?: number): void {
    const known = { ...this.#start.data, ...data };
    if (this.#end(true, known)) this.#close({ data: known }, latencyMs);
  }

  /**
   * The call failed: an error event stands in its place, for a failed call is no step; `data` says more of it. False
   * where the exception has its event already, or is none.
   */
  fail(thrown: unknown, data: Readonly<Record<string, unknown>> = {}): boolean {
    const known = { ...this.#start.data, ...data };
    const isStopped = isStop(thrown);
    if (!this.#end(isStopped)) return false;
    if (isStopped) {
      this.#close({ data: { ...known, interrupted: true } });
      return false;
    }
    const error = errorData(thrown);
    const isNew = this.#recorder.noteError(thrown);
    if (isNew) {
      this.#close({ type: 'error', level: 'error', data: { ...known, ...error } });
    } else {
      // The exception has its event further in; here is only the call that it passed through.
      const { kind, message } = error;
      this.#close({ type: 'log', level: 'error', data: { ...known, kind, message } });
    }
    return isNew;
  }

  /** Nothing is to be told of the call. */
  drop(): void {
    this.#end(false);
  }

  #end(isFinished: boolean, data: Readonly<Record<string, unknown>> = {}): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    const spent = this.#start.type === 'llm' ? data : null;
    this.#recorder.control.end(isFinished, spent, this.#startedAtMs);
    this.#openCalls.remove(this);
    return true;
  }

  #close(change: Partial<EventFields>, tookMs = performance.now() - this.startedTick): void {
    const latencyMs = Math.max(0, Math.round(tookMs * 1000) / 1000);
    const endedAtMs = Math.round(this.#startedAtMs + latencyMs);
    const kind = this.isAnnounced ? 'event.update' : 'event';
    this.#recorder.sendEvent({ ...this.#fields(kind), endedAtMs, latencyMs, ...change });
  }

  #fields(kind: EventFields['kind']): Omit<EventFields, 'endedAtMs'> {
    const { type, name, data, parent } = this.#start;
    const { eventId } = this;
    return { kind, eventId, type, name, parent, startedAtMs: this.#startedAtMs, data };
  }
}
