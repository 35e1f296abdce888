/** A stream of a library: it makes its iterator when it is first read. */
export interface LibraryStream {
  iterator: () => AsyncIterator<unknown>;
  /** Stops its request. */
  controller?: unknown;
}

/** What is told of a stream that is read. */
export interface StreamListener {
  /** True when the host is not to see the chunk. */
  sawChunk(chunk: unknown): boolean;
  /** It was read to its end. */
  ended(): void;
  /** The host reads no further. */
  left(): void;
  failed(error: unknown): void;
}

/**
 * Opens another stream in place of one that failed before the host saw a chunk of it; rejects with what the host is
 * to get.
 */
export type Reopen = (error: unknown) => Promise<LibraryStream>;

/** Whether a value is a stream that can be followed. */
export function isStream(value: unknown): value is LibraryStream {
  if (typeof value !== 'object' || value === null || !('iterator' in value)) return false;
  return typeof value.iterator === 'function' && Symbol.asyncIterator in value;
}

/** Tells what is read from a stream; stream, iterators and chunks stay the library's own. */
export function followStream(
  stream: LibraryStream,
  listener: StreamListener,
  reopen: Reopen | null,
): void {
  const { iterator } = stream;
  stream.iterator = () => followIterator(Reflect.apply(iterator, stream, []), listener, reopen);
}

/** Tells what is read by an iterator, which stays the same object. */
export function followIterator(
  iterator: AsyncIterator<unknown>,
  listener: StreamListener,
  reopen: Reopen | null = null,
): AsyncIterator<unknown> {
  const leave = iterator.return;
  let source: Pick<AsyncIterator<unknown>, 'next' | 'return'> = {
    next: iterator.next.bind(iterator),
    ...(leave && { return: leave.bind(iterator) }),
  };
  let isUntouched = true;
  iterator.next = async (...args) => {
    for (;;) {
      let step: IteratorResult<unknown>;
      try {
        step = await source.next(...args);
      } catch (error) {
        if (isUntouched && reopen !== null) {
          source = (await reopen(error)).iterator();
          continue;
        }
        listener.failed(error);
        throw error;
      }
      if (step.done) {
        listener.ended();
        return step;
      }
      if (listener.sawChunk(step.value)) continue;
      isUntouched = false;
      return step;
    }
  };
  if (leave !== undefined) {
    iterator.return = (value) => {
      listener.left();
      return source.return?.(value) ?? Promise.resolve({ done: true, value });
    };
  }
  return iterator;
}
