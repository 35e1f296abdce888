import { performance } from 'node:perf_hooks';
import { OpenCalls } from '../session/open-calls.ts';
import { snapshotRoot, spoolFolder, spoolRoot } from '../spool/spool-folder.ts';
import { Transport } from '../transport/transport.ts';
import { version } from '../version.ts';
import { Client } from './client.ts';
import { hookExit } from './exit-hooks.ts';
import type { Settings } from './settings.ts';
import { SilentOutlet } from './silent-outlet.ts';
import type { Warn } from './warn.ts';

interface Line {
  readonly transport: Transport;
  readonly openCalls: OpenCalls;
}

/** One line to each address and key in this thread: the same sender, whatever else is configured anew. */
const lines = new Map<string, Line>();

/** Makes the client of one configuration; without a key it records nothing, and says so. */
export function createClient(settings: Settings, warn: Warn): Client {
  const { apiKey, isDisabled } = settings;
  if (isDisabled || apiKey === null) {
    if (!isDisabled)
      warn('no_key', 'No API key: nothing is recorded. Set NIITAKA_API_KEY or apiKey.');
    return new Client(settings, new SilentOutlet(), new OpenCalls(), warn);
  }
  const { transport, openCalls } = lineFor(settings, apiKey, warn);
  const client = new Client(settings, transport, openCalls, warn);
  hookExit({ client, transport });
  transport.adopt();
  return client;
}

/** Closes every line; what is configured later starts with new ones. True when all was acknowledged. */
export async function closeLines(seconds: number): Promise<boolean> {
  const open = [...lines.values()];
  lines.clear();
  const closed = await Promise.all(open.map(({ transport }) => transport.close(seconds)));
  return closed.every(Boolean);
}

/** True when every line has all acknowledged within `seconds`. */
export async function flushLines(seconds: number): Promise<boolean> {
  const open = [...lines.values()];
  const flushed = await Promise.all(open.map(({ transport }) => transport.flush(seconds)));
  return flushed.every(Boolean);
}

function lineFor(settings: Settings, apiKey: string, warn: Warn): Line {
  const { apiUrl, spool } = settings;
  const key = JSON.stringify([apiUrl, apiKey, spool]);
  const known = lines.get(key);
  if (known) return known;
  const openCalls = new OpenCalls();
  const root = spoolRoot(process.env, process.platform);
  const snapshots = snapshotRoot(process.env, process.platform);
  const transport = new Transport({
    apiUrl,
    apiKey,
    spoolFolder: spool ? spoolFolder(root, apiUrl, apiKey) : null,
    snapshotFolder: spool ? spoolFolder(snapshots, apiUrl, apiKey) : null,
    version,
    warn,
    beforeTake: () => openCalls.announceLong(performance.now()),
    nextWakeMs: () => openCalls.nextDueMs(performance.now()),
  });
  const line = { transport, openCalls };
  lines.set(key, line);
  return line;
}
