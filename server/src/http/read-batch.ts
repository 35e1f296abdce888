import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import { limits } from '@niitaka/core/limits.ts';
import type { ByteBudget, Holder } from './byte-budget.ts';
import { HttpProblem } from './problem.ts';

/** A body with what it holds of the budget until it is answered. */
export interface HeldBatch {
  readonly body: Uint8Array<ArrayBuffer>;
  release(): void;
}

const unzippedPiece = 64 * 1024;

/** What a request holds beside its bytes, so that many small ones are bounded too: its sockets and objects. */
export const requestBytes = 16 * 1024;

/** Reads one batch into memory of its own, unzipped; takes from the budget as bytes arrive. */
export async function readBatch(
  request: IncomingMessage,
  budget: ByteBudget,
  holder: Holder,
): Promise<HeldBatch> {
  const hold = openHold(budget, holder);
  try {
    hold.take(requestBytes);
    const raw = await readBytes(request, hold.take);
    const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase();
    if (encoding === 'identity') return { body: raw, release: hold.release };
    if (encoding !== 'gzip') {
      const detail = `The body must be plain or gzip: found content-encoding ${encoding}`;
      throw new HttpProblem('unsupported_media_type', detail);
    }
    const body = await unzipped(raw, hold.take);
    return { body, release: hold.release };
  } catch (error) {
    hold.release();
    throw error;
  }
}

function openHold(
  budget: ByteBudget,
  holder: Holder,
): { take: (bytes: number) => void; release: () => void } {
  let held = 0;
  return {
    take(bytes) {
      const taken = budget.take(holder, bytes);
      if (taken === 'full') {
        const detail = 'The server holds as many batches as it can: send this one again soon';
        throw new HttpProblem('unavailable', detail, { retryAfterSeconds: 1 });
      }
      if (taken === 'over_share') {
        const detail =
          'Too many batches of this key or organisation wait: send this one again soon';
        throw new HttpProblem('rate_limited', detail, { retryAfterSeconds: 1 });
      }
      held += bytes;
    },
    release() {
      budget.give(holder, held);
      held = 0;
    },
  };
}

/** Takes from the budget what has come, not what is announced: a slow sender holds only what it sent. */
async function readBytes(
  request: IncomingMessage,
  take: (bytes: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const declared = Number(request.headers['content-length'] ?? Number.NaN);
  if (declared > limits.batchBytes) throw tooLarge(`found ${declared} bytes`);
  const pieces: Buffer[] = [];
  let length = 0;
  await eachPiece(request, (piece) => {
    length += piece.length;
    if (length > limits.batchBytes) throw tooLarge(`found more than ${limits.batchBytes} bytes`);
    take(piece.length);
    pieces.push(piece);
  });
  return joined(pieces, length);
}

function eachPiece(request: IncomingMessage, onPiece: (piece: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    request.on('data', (piece: Buffer) => {
      try {
        onPiece(piece);
      } catch (error) {
        request.removeAllListeners('data');
        request.resume();
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
    request.on('end', resolve);
    const cut = () => {
      if (request.readableEnded) return;
      reject(new HttpProblem('invalid', 'The body ended before its length', { status: 400 }));
    };
    request.on('error', cut);
    request.on('close', cut);
  });
}

/**
 * Takes from the budget as it unzips, and stops as soon as a limit is passed: many bombs at once cost no more memory
 * than good batches.
 */
async function unzipped(
  raw: Uint8Array,
  take: (bytes: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Buffer[] = [];
  let length = 0;
  const gunzip = createGunzip({ chunkSize: unzippedPiece });
  gunzip.end(raw);
  try {
    for await (const piece of gunzip as AsyncIterable<Buffer>) {
      length += piece.length;
      if (length > limits.batchBytes) {
        throw tooLarge(`found more than ${limits.batchBytes} bytes after decompression`);
      }
      take(piece.length);
      pieces.push(piece);
    }
  } catch (error) {
    if (error instanceof HttpProblem) throw error;
    throw new HttpProblem('invalid', 'The body is not readable as gzip', { status: 400 });
  }
  return joined(pieces, length);
}

/** Memory of its own: small buffers share a pool, which cannot be given to another thread. */
function joined(pieces: readonly Buffer[], length: number): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    body.set(piece, at);
    at += piece.length;
  }
  return body;
}

function tooLarge(found: string): HttpProblem {
  const detail = `The batch is too large: ${found}, at most ${limits.batchBytes}`;
  return new HttpProblem('too_large', detail);
}
