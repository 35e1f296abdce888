import type { Config } from './config.ts';
import { systemClock } from './context.ts';
import { createLink } from './first-start.ts';
import { openLog } from './log.ts';
import { startServer, type Server } from './server.ts';
import { welcomeText } from './welcome-text.ts';

// What a proxy or an orchestrator commonly grants between its polite signal and its last one.
const drainLimitMs = 10_000;

/** Serves until a signal asks to stop. */
export async function serve(config: Config): Promise<void> {
  const log = openLog(config.logLevel);
  const server = await startServer(config, log);
  const isTerminal = process.stdout.isTTY === true;
  const link =
    server.firstKey !== null || isTerminal
      ? await createLink(server.run, {
          name: null,
          nowMs: systemClock(),
          publicUrl: server.publicUrl,
        })
      : null;
  const { url, publicUrl, firstKey } = server;
  process.stdout.write(welcomeText({ url, dataDir: config.dataDir, key: firstKey, link }));
  if (publicUrl !== url) process.stdout.write(`It is opened at ${publicUrl}\n`);
  log.info({ url }, 'started');
  stopOnSignal(server, (reason) => log.info({ reason }, 'stopped'));
}

function stopOnSignal(server: Server, onStopped: (reason: string) => void): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    // Who asks twice does not want to wait.
    if (stopping) process.exit(130);
    stopping = true;
    setTimeout(() => process.exit(1), drainLimitMs).unref();
    server.close().then(
      () => {
        onStopped(signal);
        process.exit(0);
      },
      (error: unknown) => {
        process.stderr.write(`Stopping failed: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', stop);
}
