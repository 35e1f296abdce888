import { EventDecoder } from './event-decoder.ts';
import { followIterator, type StreamListener } from './follow-stream.ts';

const wholeReads = ['text', 'json', 'arrayBuffer', 'bytes', 'blob'] as const;

/**
 * Tells what the host reads of a stream that it reads by itself: whole, by a reader, or by iteration. Response, body
 * and readers stay the same objects, and the bytes too. A body that is piped elsewhere is not seen.
 */
export function followRawStream(response: Response, listener: StreamListener): void {
  const heard = hearOnce(listener);
  for (const name of wholeReads) followWholeRead(response, name, heard);
  const { body } = response;
  // An old library's own response has a body of Node's older streams.
  if (body instanceof ReadableStream) followBody(body, heard);
}

/**
 * Makes events of the bytes. A body that is read whole may be read by a reader within: what is heard first counts,
 * and a whole answer says nothing beside its parts.
 */
function hearOnce(listener: StreamListener): StreamListener {
  const decoder = new EventDecoder((chunk) => void listener.sawChunk(chunk));
  let isOver = false;
  let isInParts = false;
  const once = (tell: () => void) => {
    if (!isOver) tell();
    isOver = true;
  };
  return {
    sawChunk: (part) => {
      const isWhole = !(part instanceof Uint8Array);
      if (!isOver && !(isWhole && isInParts)) decoder.add(part);
      isInParts ||= !isWhole;
      return false;
    },
    ended: () => once(() => listener.ended()),
    left: () => once(() => listener.left()),
    failed: (error) => once(() => listener.failed(error)),
  };
}

function followWholeRead(
  response: Response,
  name: (typeof wholeReads)[number],
  listener: StreamListener,
): void {
  const read: unknown = Reflect.get(response, name);
  if (typeof read !== 'function') return;
  replace(response, name, async () => {
    try {
      const whole: unknown = await Reflect.apply(read, response, []);
      listener.sawChunk(whole);
      listener.ended();
      return whole;
    } catch (error) {
      listener.failed(error);
      throw error;
    }
  });
}

function followBody(body: ReadableStream, listener: StreamListener): void {
  const { getReader, values } = body;
  const iterate = (...args: unknown[]) =>
    followIterator(Reflect.apply(values, body, args) as AsyncIterator<unknown>, listener);
  replace(body, 'values', iterate);
  replace(body, Symbol.asyncIterator, iterate);
  replace(body, 'getReader', (...args: unknown[]) => {
    const reader = Reflect.apply(getReader, body, args) as ReadableStreamDefaultReader;
    const { read, cancel } = reader;
    const steps = { next: (...given: unknown[]) => Reflect.apply(read, reader, given) };
    replace(reader, 'read', followIterator(steps as AsyncIterator<unknown>, listener).next);
    replace(reader, 'cancel', (...given: unknown[]) => {
      listener.left();
      return Reflect.apply(cancel, reader, given);
    });
    return reader;
  });
}

function replace(owner: object, key: PropertyKey, value: unknown): void {
  Object.defineProperty(owner, key, { value, writable: true, configurable: true });
}
