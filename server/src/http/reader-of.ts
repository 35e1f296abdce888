import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Storage } from '../storage/port.ts';
import type { Reader } from '../storage/reader.ts';

/** The reads for one request: they end soon after its caller hangs up. */
export function readerOf(storage: Pick<Storage, 'readerUntil'>, { raw }: FastifyReply): Reader {
  return storage.readerUntil(hangUpOf(raw));
}

/** Aborted when the caller hangs up before the answer is out. */
export function hangUpOf(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  // It may have hung up while it was found out who it is.
  if (response.closed) gone.abort();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}
