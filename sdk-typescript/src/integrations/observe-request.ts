import type { Client } from '../client/client.ts';
import type { FailedCall } from '../policy/guard.ts';
import type { Booking } from '../policy/tree-lease.ts';
import { isStop } from '../session/is-stop.ts';
import { recorderHere } from '../session/recorder-here.ts';
import type { Recorder } from '../session/recorder.ts';
import { followRequest, isApiPromise, type ApiPromise, type ReadHead } from './api-promise.ts';
import { followRawStream } from './follow-raw-stream.ts';
import { followStream, isStream, type LibraryStream } from './follow-stream.ts';
import { loadLease } from './load-lease.ts';
import { ModelCall } from './model-call.ts';
import type { Endpoint, Json, Origin } from './provider.ts';
import { objectAt } from './read-json.ts';
import { waitBeforeRetryMs } from './try-again.ts';

/** Sends a request the library's own way; it takes its options also by promise. */
export type Send = (options: unknown) => unknown;

/** Where a request goes. */
export interface Destination {
  readonly endpoint: Endpoint;
  /** Base address of the client. */
  readonly address: string;
  readonly origin: Origin;
  /** Name and version of the library. */
  readonly versionText: () => string;
}

/**
 * Sends one request of an observed client: as soon as the session may go on, as one event of it, and otherwise just
 * as the library would. Outside a session nothing is done but to say so once.
 */
export function observeRequest(send: Send, options: unknown, to: Destination): unknown {
  const recorder = recorderHere(to.endpoint.method);
  if (recorder === null) return send(options);
  const observed = new ObservedRequest(recorder, to, send);
  const promise = observed.send(options);
  if (isApiPromise(promise)) return followRequest(promise, observed);
  observed.giveUp();
  return promise;
}

/** One request on its way. A fault in here is told once, and never reaches the host. */
class ObservedRequest {
  readonly #recorder: Recorder;
  readonly #to: Destination;
  readonly #send: Send;
  readonly #parent: string | null;
  /** Models of the attempts so far. */
  readonly #tried: (string | null)[] = [];
  #call: ModelCall | null = null;
  /** What the call to come may cost, where a limit on the tree holds. */
  #booking: Booking | null = null;
  #isRaw = false;
  /** The host's own options. */
  #given: unknown;
  /** The body as it was before anything of ours was written into it. */
  #pristine: Json | null = null;

  constructor(recorder: Recorder, to: Destination, send: Send) {
    this.#recorder = recorder;
    this.#to = to;
    this.#send = send;
    this.#parent = recorder.parentOf(undefined);
  }

  /** Sends the request once the session lets the call begin; it is not sent where the session was stopped. */
  send(options: unknown): unknown {
    return this.#send(this.#begin(options));
  }

  #begin(options: unknown): unknown {
    const { control } = this.#recorder;
    if (isThenable(options)) return this.#beginLater(options);
    // Whether the host wants a raw stream is known only after the call, and nothing may be added to one.
    const isUnsure =
      this.#to.endpoint.prepare !== undefined && objectAt(options)['stream'] === true;
    if (isUnsure || control.isPaused) return this.#beginLater(Promise.resolve(options));
    try {
      control.begin();
    } catch (stop) {
      return Promise.reject(stop);
    }
    return this.#go(options);
  }

  /** The call has begun; where a limit holds its tree, it goes on once the budget has room for it. */
  #go(options: unknown): unknown {
    const isLimited = (this.#recorder.control.guard?.treeLimit ?? null) !== null;
    return isLimited ? this.#book(options) : this.#prepare(options);
  }

  async #book(options: unknown): Promise<unknown> {
    const { endpoint, origin } = this.#to;
    const body = this.#pristine ?? objectAt(objectAt(options), 'body');
    const lease = await loadLease(this.#recorder.client.warn);
    this.#booking = (await lease?.bookCall(this.#recorder, endpoint, origin, body)) ?? null;
    return this.#prepare(options);
  }

  async #beginLater(options: PromiseLike<unknown>): Promise<unknown> {
    const given = await options;
    const { control } = this.#recorder;
    if (control.isPaused) await control.beginWhenFree();
    else control.begin();
    return this.#go(given);
  }

  /** The call cannot be followed: nothing is recorded of it. */
  giveUp(): void {
    this.#guard((call) => call.giveUp());
    this.#call = null;
    const text = `${this.#to.versionText()} cannot be observed by this version: its calls are not recorded.`;
    this.#recorder.client.warn('observe_version', text);
  }

  responded(): void {
    this.#guard((call) => call.responded());
  }

  parsing(): void {
    this.#guard((call) => call.parsing());
  }

  parsed(answer: unknown, read: ReadHead | null): void {
    this.#guard((call) => {
      if (!isStream(answer)) return call.answered(answer);
      if (call.isFollowed) return;
      call.isFollowed = true;
      const reopen = read && ((error: unknown) => this.#reopen(answer, error, read));
      followStream(answer, this, reopen);
    });
  }

  wantedRaw(): void {
    this.#isRaw = true;
  }

  handedOut(response: unknown): void {
    this.#guard((call) => {
      call.isSeen = true;
      if (!isResponse(response)) return call.streamLeft();
      if (call.isStream) return followRawStream(response, this);
      const answer: Promise<unknown> = response.clone().json();
      answer.then(
        (json) => this.parsed(json, null),
        () => this.parsed(null, null),
      );
    });
  }

  sawChunk(chunk: unknown): boolean {
    return this.#guard((call) => call.sawChunk(chunk)) ?? false;
  }

  ended(): void {
    this.#guard((call) => call.streamEnded());
  }

  left(): void {
    this.#guard((call) => call.streamLeft());
  }

  failed(error: unknown): void {
    this.#guard((call) => call.failed(error));
  }

  /** Makes the call again for as long as the policies have it so. */
  async recover(error: unknown): Promise<unknown> {
    for (let failure = error; ;) {
      const failed = this.#guard((call) => call.failed(failure));
      const waitMs = failed && this.#waitMs(failed, failure);
      if (waitMs === null) throw failure;
      const { control } = this.#recorder;
      const { signal } = objectAt(this.#given);
      await control.wait(waitMs, signal instanceof AbortSignal ? signal : null);
      if (this.#recorder.isEnded) throw failure;
      // The library says in its own words that the host has cancelled, and sends nothing.
      if (objectAt(signal)['aborted'] === true) {
        return (this.#send(this.#given) as ApiPromise).responsePromise;
      }
      await control.beginWhenFree();
      try {
        const head = await (this.#send(this.#go(this.#given)) as ApiPromise).responsePromise;
        this.responded();
        return head;
      } catch (next) {
        failure = next;
      }
    }
  }

  async #reopen(stream: LibraryStream, error: unknown, read: ReadHead): Promise<LibraryStream> {
    for (let failure = error; ;) {
      const head = await this.recover(failure);
      try {
        const next = (await read(head)) as LibraryStream;
        this.#guard((call) => {
          call.parsing();
          call.isFollowed = true;
          // Who stops the stream that the host holds stops the one that is read in its place.
          stream.controller = next.controller;
        });
        return next;
      } catch (next) {
        failure = next;
      }
    }
  }

  /** How long to wait before the call is made again; null where it is not. Throws where the session was stopped. */
  #waitMs(failed: FailedCall, failure: unknown): number | null {
    this.#tried.push(failed.model);
    const mayUse = (model: string) =>
      this.#to.endpoint.takesModel(model) && !this.#tried.includes(model);
    try {
      return waitBeforeRetryMs(this.#recorder, failed, failure, mayUse);
    } catch (stop) {
      if (isStop(stop)) throw stop;
      const reason = stop instanceof Error ? stop.message : String(stop);
      this.#recorder.client.warn('retry', `A failed call is not made again: ${reason}`);
      return null;
    }
  }

  #prepare(options: unknown): unknown {
    const prepared = guarded(this.#recorder.client, () => this.#prepareBody(options));
    // A call that is not followed is not known to end.
    if (prepared === null) this.#booking?.settle();
    return prepared ?? options;
  }

  #prepareBody(options: unknown): unknown {
    this.#given = options;
    this.#recorder.configs?.fix();
    const given = objectAt(options);
    const { endpoint, origin, address } = this.#to;
    const asked = this.#pristine ?? objectAt(given, 'body');
    const model = this.#recorder.control.modelFor((name) => endpoint.takesModel(name));
    const swapped = model === null ? asked : { ...asked, model };
    const prepare = this.#isRaw ? undefined : endpoint.prepare;
    const { body, conceal } = prepare?.(swapped, address) ?? { body: swapped };
    const isStream = given['stream'] === true;
    const attempt = this.#tried.length + 1;
    const booking = this.#booking;
    const request = { body, parent: this.#parent, isStream, conceal, attempt, booking };
    const call = new ModelCall(this.#recorder, endpoint, origin, request);
    this.#call = call;
    const fetchOptions = countingSends(objectAt(given, 'fetchOptions'), call);
    if (body === asked) return { ...given, fetchOptions };
    // The library's own stream helper knows its request by identity, and made it for this call alone.
    const isOwned = objectAt(given, '__metadata')['helperMethod'] === 'stream';
    if (!isOwned) return { ...given, body, fetchOptions };
    this.#pristine ??= { ...asked };
    return { ...given, body: Object.assign(objectAt(given, 'body'), body), fetchOptions };
  }

  #guard<T>(tell: (call: ModelCall) => T): T | null {
    const call = this.#call;
    return call && guarded(this.#recorder.client, () => tell(call));
  }
}

/**
 * Options of `fetch` that count how often they are taken: the library takes them for each sending, its own retries
 * included, and tells of them nowhere.
 */
function countingSends(options: Json, call: ModelCall): Json {
  const counting = { ...options };
  Object.defineProperty(counting, Symbol('niitaka'), {
    enumerable: true,
    get: () => {
      call.sendCount += 1;
      return undefined;
    },
  });
  return counting;
}

function guarded<T>(client: Client, work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    client.warn('observe', `A model call is not recorded, for want of understanding it: ${reason}`);
    return null;
  }
}

/** Whether it reads like one: old libraries bring a `Response` of their own. */
function isResponse(value: unknown): value is Response {
  if (typeof value !== 'object' || value === null) return false;
  return ['clone', 'json', 'text'].every((name) => typeof Reflect.get(value, name) === 'function');
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value;
}
