import type { Client } from '../client/client.ts';
import { recorderHere } from '../session/recorder-here.ts';
import type { Recorder } from '../session/recorder.ts';
import { followRequest, isApiPromise } from './api-promise.ts';
import { followRawStream } from './follow-raw-stream.ts';
import { followStream, isStream } from './follow-stream.ts';
import { ModelCall } from './model-call.ts';
import type { Endpoint, Json, Origin } from './provider.ts';
import { objectAt } from './read-json.ts';

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
  const observed = new ObservedRequest(recorder, to);
  const promise = send(observed.begin(options));
  if (isApiPromise(promise)) return followRequest(promise, observed);
  observed.giveUp();
  return promise;
}

/** One request on its way. A fault in here is told once, and never reaches the host. */
class ObservedRequest {
  readonly #recorder: Recorder;
  readonly #to: Destination;
  readonly #parent: string | null;
  #call: ModelCall | null = null;
  #isRaw = false;

  constructor(recorder: Recorder, to: Destination) {
    this.#recorder = recorder;
    this.#to = to;
    this.#parent = recorder.parentOf(undefined);
  }

  /** Options to send: the host's, once the session lets the call begin; they reject where it was stopped. */
  begin(options: unknown): unknown {
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
    return this.#prepare(options);
  }

  async #beginLater(options: PromiseLike<unknown>): Promise<unknown> {
    const given = await options;
    const { control } = this.#recorder;
    if (control.isPaused) await control.beginWhenFree();
    else control.begin();
    return this.#prepare(given);
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

  parsed(answer: unknown): void {
    this.#guard((call) => {
      if (!isStream(answer)) return call.answered(answer);
      if (call.isFollowed) return;
      call.isFollowed = true;
      followStream(answer, this);
    });
  }

  wantedRaw(): void {
    this.#isRaw = true;
  }

  handedOut(response: unknown): void {
    this.#guard((call) => {
      if (!isResponse(response)) return call.streamLeft();
      if (call.isStream) return followRawStream(response, this);
      const answer: Promise<unknown> = response.clone().json();
      answer.then(
        (json) => this.parsed(json),
        () => this.parsed(null),
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

  #prepare(options: unknown): unknown {
    return guarded(this.#recorder.client, () => this.#prepareBody(options)) ?? options;
  }

  #prepareBody(options: unknown): unknown {
    const given = objectAt(options);
    const { endpoint, origin, address } = this.#to;
    const asked = objectAt(given, 'body');
    const model = this.#recorder.control.modelFor((name) => endpoint.takesModel(name));
    const swapped = model === null ? asked : { ...asked, model };
    const prepare = this.#isRaw ? undefined : endpoint.prepare;
    const { body, conceal } = prepare?.(swapped, address) ?? { body: swapped };
    const request = { body, parent: this.#parent, isStream: given['stream'] === true, conceal };
    const call = new ModelCall(this.#recorder, endpoint, origin, request);
    this.#call = call;
    const fetchOptions = countingSends(objectAt(given, 'fetchOptions'), call);
    if (body === asked) return { ...given, fetchOptions };
    // The library's own stream helper knows its request by identity, and made it for this call alone.
    const isOwned = objectAt(given, '__metadata')['helperMethod'] === 'stream';
    return { ...given, body: isOwned ? Object.assign(asked, body) : body, fetchOptions };
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
