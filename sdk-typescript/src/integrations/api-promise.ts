/** What the libraries answer a request with: a promise that reads the answer when it is waited for. */
export interface ApiPromise {
  responsePromise: Promise<unknown>;
  parseResponse: (...args: unknown[]) => unknown;
  /** Set once the answer is to be read. */
  parsedPromise?: Promise<unknown>;
  asResponse: () => Promise<unknown>;
  withResponse: () => Promise<unknown>;
  _thenUnwrap: (transform: (...args: unknown[]) => unknown) => ApiPromise;
}

const methods: readonly (keyof ApiPromise)[] = [
  'parseResponse',
  'asResponse',
  'withResponse',
  '_thenUnwrap',
];

/** Whether a value is such a promise: libraries of other ages may answer otherwise. */
export function isApiPromise(value: unknown): value is ApiPromise {
  if (!(value instanceof Promise)) return false;
  if (!(Reflect.get(value, 'responsePromise') instanceof Promise)) return false;
  return methods.every((name) => typeof Reflect.get(value, name) === 'function');
}

/** What is told of a request that goes its way. */
export interface RequestListener {
  /** The head of the answer is here. */
  responded(): void;
  /** The library reads the answer for the host. */
  parsing(): void;
  /** `read` reads the answer of another attempt in its place. */
  parsed(answer: unknown, read: ReadHead): void;
  /** The host asks for the raw answer, which the library is not to read. */
  wantedRaw(): void;
  /** The host got it. */
  handedOut(response: unknown): void;
  /** An attempt failed: the head of another's answer; rejects with the exception that the host is to get. */
  recover(error: unknown): Promise<unknown>;
}

/** Reads an answer, of which the head is here, for the host. */
export type ReadHead = (head: unknown) => Promise<unknown>;

/**
 * Tells what becomes of a request. The promise stays the library's own, its answers and exceptions too, and an
 * exception that nobody handles stays one.
 */
export function followRequest(promise: ApiPromise, listener: RequestListener): ApiPromise {
  promise.responsePromise = promise.responsePromise.then(
    (response) => {
      listener.responded();
      return response;
    },
    (error: unknown) => listener.recover(error),
  );
  return followParsing(promise, listener, { client: null });
}

function followParsing(
  promise: ApiPromise,
  listener: RequestListener,
  reader: { client: unknown },
): ApiPromise {
  const { parseResponse, asResponse, _thenUnwrap: thenUnwrap } = promise;
  let isParsing = false;
  const read: ReadHead = async (head) =>
    Reflect.apply(parseResponse, promise, [reader.client, head]);
  promise.parseResponse = async (client, head) => {
    isParsing = true;
    reader.client = client;
    // Bounded by the listener, which rejects when nothing is left to try.
    for (;;) {
      listener.parsing();
      try {
        const answer = await read(head);
        listener.parsed(answer, read);
        return answer;
      } catch (error) {
        // Whoever holds the head of the attempt that failed has the other's.
        Object.assign(head as object, await listener.recover(error));
      }
    }
  };
  hide(promise, 'asResponse', async () => {
    // Whoever wants the read answer beside the raw one asked for it first.
    if (!promise.parsedPromise) listener.wantedRaw();
    const response = await Reflect.apply(asResponse, promise, []);
    if (!isParsing) listener.handedOut(response);
    return response;
  });
  hide(promise, 'withResponse', async () => {
    // A library's own would look at the first head, which may be that of an attempt that failed.
    await promise;
    const { withResponse } = Object.getPrototypeOf(promise) as ApiPromise;
    return Reflect.apply(withResponse, promise, []);
  });
  hide(promise, '_thenUnwrap', (transform: (...args: unknown[]) => unknown) => {
    const seen = (answer: unknown, ...rest: unknown[]) => {
      listener.parsed(answer, read);
      return transform(answer, ...rest);
    };
    const derived = Reflect.apply(thenUnwrap, promise, [seen]);
    // Its own would be another branch of the request, whose exception nobody handles.
    derived.responsePromise = promise.responsePromise;
    return followParsing(derived, listener, reader);
  });
  return promise;
}

function hide(promise: ApiPromise, key: keyof ApiPromise, value: unknown): void {
  Object.defineProperty(promise, key, {
    value,
    writable: true,
    configurable: true,
    enumerable: Object.prototype.propertyIsEnumerable.call(promise, key),
  });
}
