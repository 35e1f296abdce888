import { connect, type NetConnectOpts } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';

/** How long the server may take to hear of a cancellation, ms: a statement ends by its own limit at the latest. */
const tellWithinMs = 1_000;

/** Between two tries, ms: one that comes between two statements of a read is not heard. */
const againAfterMs = 100;

/** Stops what a connection runs, once the signal comes and until `end` is called. */
export interface Cancellation {
  /** Resolves when nothing is on its way that could hit the next statement of the connection. */
  end(): Promise<void>;
}

/** Watches over the statements of one read. */
export function cancelOn(gone: AbortSignal, client: pg.PoolClient): Cancellation {
  const state = { isOver: false, work: Promise.resolve() };
  const cancel = async () => {
    while (!state.isOver) {
      await tellServer(client);
      await pause(againAfterMs);
    }
  };
  const begin = () => {
    state.work = cancel();
  };
  gone.addEventListener('abort', begin);
  return {
    end() {
      state.isOver = true;
      gone.removeEventListener('abort', begin);
      return state.work;
    },
  };
}

/** What the driver keeps of a connection, and its types do not name. */
interface Connected {
  readonly host: string;
  readonly port: number;
  readonly processID: number;
  readonly secretKey: number;
}

const cancelRequest = 80_877_102;

/** A connection of its own carries the request, as the protocol has it; the server closes it once it has acted. */
function tellServer(client: pg.PoolClient): Promise<void> {
  const { host, port, processID, secretKey } = client as unknown as Connected;
  const message = Buffer.alloc(16);
  for (const [at, value] of [message.length, cancelRequest, processID, secretKey].entries()) {
    message.writeInt32BE(value, 4 * at);
  }
  const place: NetConnectOpts = host.startsWith('/')
    ? { path: `${host}/.s.PGSQL.${port}` }
    : { host, port };
  return new Promise((resolve) => {
    const socket = connect(place, () => socket.end(message));
    socket.setTimeout(tellWithinMs, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
    socket.resume();
  });
}
