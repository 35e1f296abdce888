import { sweepJob } from '../commands/close-stale-sessions.ts';
import type { ServerReader } from '../storage/server-reader.ts';

/** What the storage knows of the server as a whole. */
export interface ServerState {
  /** Null while the storage cannot say. */
  readonly storageBytes: number | null;
  /** When stale sessions were last looked for, in any process; null: never, or not known. */
  readonly sweptAtMs: number | null;
  /** What SDKs lost before any session was known, over all organisations. */
  readonly lostRecords: Readonly<Record<string, number>>;
}

// Whoever asks often is answered from what was read just now.
const freshMs = 5_000;

/** Reasons that are told; those lost least are left out. */
const lostReasons = 20;

const unknown: ServerState = { storageBytes: null, sweptAtMs: null, lostRecords: {} };

/** Reads the state when it is asked for; a storage that is away leaves it unknown. */
export function watchServerState(
  reader: ServerReader,
  clock: () => number,
  onError: (error: unknown) => void,
): { read(): Promise<ServerState>; last(): ServerState } {
  let last = unknown;
  let readAtMs = -Infinity;
  let reading: Promise<ServerState> | null = null;
  const readAnew = async () => {
    try {
      last = await readState(reader);
      readAtMs = clock();
    } catch (error) {
      onError(error);
      last = unknown;
    }
    reading = null;
    return last;
  };
  return {
    last: () => last,
    async read() {
      if (clock() - readAtMs < freshMs) return last;
      reading ??= readAnew();
      return reading;
    },
  };
}

async function readState(reader: ServerReader): Promise<ServerState> {
  const [storageBytes, sweptAtMs, lostRecords] = await Promise.all([
    reader.storageBytes(),
    reader.lastJobRunMs(sweepJob),
    reader.lostRecordsOfAll(lostReasons),
  ]);
  return { storageBytes, sweptAtMs, lostRecords };
}
