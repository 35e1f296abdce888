import type { ServerResponse } from 'node:http';
import type { Sink } from '../live/subscriber.ts';

// More than this undrained before the next message: the client reads too slowly and is cut off.
const backlogLimit = 256 * 1024;

/** Writes a live stream into a response; cuts off a client that lets too much pile up. */
export function openStreamSink(
  response: ServerResponse,
  clock: () => number,
  onSlow: () => void,
): Sink {
  let slowSinceMs: number | null = null;
  response.on('drain', () => {
    slowSinceMs = null;
  });
  const cutOff = () => {
    onSlow();
    response.destroy();
  };
  return {
    write(text) {
      if (response.destroyed || response.writableEnded) return;
      if (response.writableLength > backlogLimit) return cutOff();
      if (!response.write(text)) slowSinceMs ??= clock();
    },
    drained() {
      if (response.destroyed || response.writableEnded) return Promise.resolve(false);
      if (!response.writableNeedDrain) return Promise.resolve(true);
      return new Promise((resolve) => {
        const settle = () => {
          response.off('drain', settle);
          response.off('close', settle);
          resolve(!response.destroyed && !response.writableEnded);
        };
        response.on('drain', settle);
        response.on('close', settle);
      });
    },
    slowSinceMs: () => slowSinceMs,
    close() {
      if (slowSinceMs !== null) cutOff();
      else response.end();
    },
  };
}
