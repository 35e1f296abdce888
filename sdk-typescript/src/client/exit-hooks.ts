import type { Recorder } from '../session/recorder.ts';
import type { Transport } from '../transport/transport.ts';
import { currentScope } from '../context/scope.ts';
import type { Client } from './client.ts';

/** A client that has something to say when the process ends. */
export interface ExitingClient {
  readonly client: Client;
  readonly transport: Transport;
}

const exiting: ExitingClient[] = [];
let spentMs = 0;
let isHopeless = false;
let isHooked = false;

/** Sees to it that a client's records leave, or lie on disk, when this thread ends. */
export function hookExit(entry: ExitingClient): void {
  const idle = exiting.findIndex(({ client, transport }) => {
    return transport === entry.transport && client.running.size === 0;
  });
  if (idle >= 0) exiting[idle] = entry;
  else exiting.push(entry);
  if (isHooked) return;
  isHooked = true;
  process.on('beforeExit', () => void flushAll());
  process.on('exit', exitAll);
  process.on('uncaughtExceptionMonitor', recordUncaught);
}

/** The loop is empty: what is left may take the rest of the budget. A failure ends it, for waiting fills the loop. */
async function flushAll(): Promise<void> {
  const unsettled = exiting.filter(({ transport }) => !transport.isSettled);
  if (unsettled.length === 0 || isHopeless) return;
  const startedMs = Date.now();
  const flushed = await Promise.all(
    unsettled.map(({ client, transport }) =>
      transport.flushBeforeExit(client.settings.exitFlushMs - spentMs),
    ),
  );
  spentMs += Date.now() - startedMs;
  isHopeless = !flushed.every(Boolean);
}

/** A session lives at most as long as its process. */
function exitAll(): void {
  for (const recorder of running()) recorder.end();
  for (const { client, transport } of exiting) {
    const startedMs = Date.now();
    transport.exit(client.settings.exitFlushMs - spentMs);
    spentMs += Date.now() - startedMs;
  }
}

/** Only looks on: what becomes of the exception is the host's. */
function recordUncaught(error: unknown): void {
  const recorder = currentScope()?.recorder ?? running().at(-1);
  if (recorder && !recorder.isEnded) recorder.error(error, {});
}

function running(): Recorder[] {
  return exiting.flatMap(({ client }) => [...client.running]);
}
