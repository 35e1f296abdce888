import type { Config } from './config.ts';
import { systemClock } from './context.ts';
import { createLink } from './first-start.ts';
import { openLog } from './log.ts';
import { releaseMemoryOnceSettled } from './storage/release-memory.ts';
import { startServer, type Server } from './server.ts';
import { welcomeText } from './welcome-text.ts';

// What a proxy or an orchestrator commonly grants between its polite signal and its last one.
const drainLimitMs = 10_000;

/** Serves until a signal asks to stop. */
export async function serve(config: Config): Promise<void> {
  const log = openLog(config.logLevel);
  const starting = startServer(config, log);
  stopOnSignal(starting, (reason) => log.info({ reason }, 'stopped'));
  const server = await starting;
  void server.failed.then((reason) => {
    log.fatal({ reason }, 'the storage failed');
    process.stderr.write(`${failedText(reason)}\n`);
    // Whoever watches the process starts a new one; waiting callers were answered 503 and send again.
    process.exit(1);
  });
  const { url, publicUrl, firstKey } = server;
  const isTerminal = process.stdout.isTTY === true;
  const link = firstKey !== null || isTerminal ? await firstLink(server) : null;
  process.stdout.write(welcomeText({ url, place: await placeOfData(config), key: firstKey, link }));
  if (publicUrl !== url) process.stdout.write(`It is opened at ${publicUrl}\n`);
  log.info({ url }, 'started');
  releaseMemoryOnceSettled();
}

async function placeOfData({ databaseUrl, dataDir }: Config): Promise<string> {
  if (databaseUrl === null) return dataDir;
  const { placeOf } = await import('./storage/postgres/connect.ts');
  return placeOf(databaseUrl);
}

function failedText(reason: string): string {
  return `Cannot go on: ${reason}. What was acknowledged is on disk; start the server again.`;
}

function firstLink({ run, publicUrl }: Server): Promise<string> {
  return createLink(run, { name: null, nowMs: systemClock(), publicUrl });
}

/** A server that is still starting is stopped as soon as it has started. */
function stopOnSignal(starting: Promise<Server>, onStopped: (reason: string) => void): void {
  let isStopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    // Who asks twice does not want to wait.
    if (isStopping) process.exit(130);
    isStopping = true;
    setTimeout(() => process.exit(1), drainLimitMs).unref();
    const server = await starting;
    await server.close();
    onStopped(signal);
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      stop(signal).catch((error: unknown) => {
        process.stderr.write(`Stopping failed: ${String(error)}\n`);
        process.exit(1);
      });
    });
  }
}
