/** A stream of a library: it makes its iterator when it is first read. */
interface LibraryStream {
  iterator: () => AsyncIterator<unknown>;
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

/** Whether a value is a stream that can be followed. */
export function isStream(value: unknown): value is LibraryStream {
  if (typeof value !== 'object' || value === null || !('iterator' in value)) return false;
  return typeof value.iterator === 'function' && Symbol.asyncIterator in value;
}

/** Tells what is read from a stream; stream, iterators and chunks stay the library's own. */
export function followStream(stream: LibraryStream, listener: StreamListener): void {
  const { iterator } = stream;
  stream.iterator = () => followIterator(Reflect.apply(iterator, stream, []), listener);
}

/** Tells what is read by an iterator, which stays the same object. */
export function followIterator(
  iterator: AsyncIterator<unknown>,
  listener: StreamListener,
): AsyncIterator<unknown> {
  const { next, return: leave } = iterator;
  iterator.next = async (...args) => {
    for (;;) {
      const step = await Reflect.apply(next, iterator, args).catch((error: unknown) => {
        listener.failed(error);
        throw error;
      });
      if (step.done) {
        listener.ended();
        return step;
      }
      if (!listener.sawChunk(step.value)) return step;
    }
  };
  if (leave !== undefined) {
    iterator.return = (value) => {
      listener.left();
      return Reflect.apply(leave, iterator, [value]);
    };
  }
  return iterator;
}
