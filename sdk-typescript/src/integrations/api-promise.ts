/** What the libraries answer a request with: a promise that reads the answer when it is waited for. */
export interface ApiPromise {
  responsePromise: Promise<unknown>;
  parseResponse: (...args: unknown[]) => unknown;
  /** Set once the answer is to be read. */
  parsedPromise?: Promise<unknown>;
  asResponse: () => Promise<unknown>;
  _thenUnwrap: (transform: (...args: unknown[]) => unknown) => ApiPromise;
}

const methods: readonly (keyof ApiPromise)[] = ['parseResponse', 'asResponse', '_thenUnwrap'];

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
  parsed(answer: unknown): void;
  /** The host asks for the raw answer, which the library is not to read. */
  wantedRaw(): void;
  /** The host got it. */
  handedOut(response: unknown): void;
  /** The host gets this exception. */
  failed(error: unknown): void;
}

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
    (error: unknown) => {
      listener.failed(error);
      throw error;
    },
  );
  return followParsing(promise, listener);
}

function followParsing(promise: ApiPromise, listener: RequestListener): ApiPromise {
  const { parseResponse, asResponse, _thenUnwrap: thenUnwrap } = promise;
  let isParsing = false;
  promise.parseResponse = async (...args) => {
    isParsing = true;
    listener.parsing();
    try {
      const answer = await Reflect.apply(parseResponse, promise, args);
      listener.parsed(answer);
      return answer;
    } catch (error) {
      listener.failed(error);
      throw error;
    }
  };
  hide(promise, 'asResponse', async () => {
    // Whoever wants the read answer beside the raw one asked for it first.
    if (!promise.parsedPromise) listener.wantedRaw();
    const response = await Reflect.apply(asResponse, promise, []);
    if (!isParsing) listener.handedOut(response);
    return response;
  });
  hide(promise, '_thenUnwrap', (transform: (...args: unknown[]) => unknown) => {
    const seen = (answer: unknown, ...rest: unknown[]) => {
      listener.parsed(answer);
      return transform(answer, ...rest);
    };
    const derived = Reflect.apply(thenUnwrap, promise, [seen]);
    // Its own would be another branch of the request, whose exception nobody handles.
    derived.responsePromise = promise.responsePromise;
    return followParsing(derived, listener);
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
