import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { removeAddress, writeAddress } from './address-file.ts';
import type { Config } from './config.ts';
import { createFirstOrganisation } from './first-start.ts';
import type { AppParts, Run } from './http/app-parts.ts';
import { runJobs } from './jobs/run-jobs.ts';
import type { Log } from './log.ts';
import { StartupError } from './storage/startup-error.ts';
import type { Storage } from './storage/port.ts';

export interface Server {
  /** Where it listens, without a slash at its end. */
  readonly url: string;
  /** The address that people open. */
  readonly publicUrl: string;
  /** The key of a first start; null on every later one. */
  readonly firstKey: string | null;
  readonly run: Run;
  /** Resolves with the reason if its storage fails for good; nothing more is stored by this process. */
  readonly failed: Promise<string>;
  /** Answers what was asked, ends the streams, and closes the database. */
  close(): Promise<void>;
}

const lastUsesEveryMs = 60_000;

/** Starts a server: opens the storage, sets up a first start, listens. Throws a StartupError. */
export async function startServer(config: Config, log: Log): Promise<Server> {
  await mkdir(config.dataDir, { recursive: true }).catch((error: Error) => {
    throw new StartupError(`Cannot make the directory ${config.dataDir}: ${error.message}`);
  });
  const { dataDir } = config;
  const opening = openConfigured(config);
  // The threads of the storage start while this one loads the HTTP side.
  const loading = Promise.all([import('./http/app.ts'), import('./open-parts.ts')]);
  const [storage, [{ buildApp }, { openParts }]] = await Promise.all([opening, loading]);
  try {
    const parts = await openParts(config, log, storage);
    const firstKey = await createFirstOrganisation(parts.run, config);
    const app = await buildApp(parts);
    const url = await listen(app, config);
    await writeAddress(dataDir, url);
    const stopNotingUses = noteUses(parts);
    const stopJobs = runJobs({
      takeLease: storage.takeLease,
      run: storage.run,
      onFailure(job, reason) {
        parts.metrics.engineErrors.add(1, 'job');
        log.warn({ job, reason }, 'a job failed');
      },
      retention: config.retention,
    });
    const close = async () => {
      parts.live.close();
      await parts.samples.close();
      await app.close();
      await stopJobs();
      await stopNotingUses();
      parts.recentIngest.close();
      parts.metrics.close();
      await removeAddress(dataDir);
      await storage.close();
    };
    const { run } = parts;
    const { failed } = storage;
    return { url, publicUrl: config.publicUrl ?? url, firstKey, run, failed, close };
  } catch (error) {
    await storage.close();
    throw error;
  }
}

/** Only the engine that is asked for is loaded. */
async function openConfigured(config: Config): Promise<Storage> {
  const { dataDir, staleAfterMs, databaseUrl, listenUrl } = config;
  if (databaseUrl !== null) {
    const { openPostgresStorage } = await import('./writer/open-postgres-storage.ts');
    return openPostgresStorage({ url: databaseUrl, listenUrl, staleAfterMs });
  }
  const { openStorage } = await import('./writer/open-storage.ts');
  return openStorage({ dataDir, staleAfterMs });
}

async function listen(app: FastifyInstance, { host, port }: Config): Promise<string> {
  await app.listen({ host, port }).catch((error: Error & { code?: string }) => {
    throw new StartupError(listenProblem(error, host, port));
  });
  const { port: taken } = app.server.address() as AddressInfo;
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${taken}`;
}

function listenProblem(error: Error & { code?: string }, host: string, port: number): string {
  const where = `${host} port ${port}`;
  if (error.code === 'EADDRINUSE') {
    return `Cannot listen on ${where}: another program holds it. Stop that program, or set NIITAKA_PORT to another port (0 picks one).`;
  }
  if (error.code === 'EACCES') {
    return `Cannot listen on ${where}: this user may not. Set NIITAKA_PORT to a port above 1023.`;
  }
  return `Cannot listen on ${where}: ${error.message}. Check NIITAKA_HOST and NIITAKA_PORT.`;
}

/** Stores when credentials were last used, once a minute and once more at the end. */
function noteUses({ credentials, run, log }: AppParts): () => Promise<void> {
  const note = async () => {
    const uses = credentials.takeUses();
    if (uses.keys.length + uses.browserSessions.length === 0) return;
    const ran = await run('note-last-uses', uses);
    if (!ran.ok) log.warn({ reason: ran.failure.message }, 'last uses were not stored');
  };
  const timer = setInterval(() => void note(), lastUsesEveryMs).unref();
  return async () => {
    clearInterval(timer);
    await note();
  };
}
