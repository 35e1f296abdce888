import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The key that every server started here accepts, with all scopes. */
export const benchKey = 'nk_bench_0123456789abcdef0123456789abcdef';

/** How long a server may take to say that it is ready, ms. */
const readyWithinMs = 60_000;

/** A real server in a process and a directory of its own. */
export interface ServerProcess {
  readonly port: number;
  readonly dataDir: string;
  readonly pid: number;
  /** CPU time used so far by all its threads, ms. */
  cpuMs(): number;
  /** Highest resident memory so far, MB; zero it with {@link resetPeak}. */
  peakMb(): number;
  residentMb(): number;
  /** Stops it as an operator would, and removes its directory unless told to keep it. */
  stop(keep?: boolean): Promise<void>;
}

/** Starts `server/niitaka.mjs`; `dataDir` is a new directory unless given, settings go by their environment names. */
export async function startServer(
  dataDir?: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const directory = dataDir ?? mkdtempSync(join(tmpdir(), 'niitaka-bench-'));
  const child = spawn(process.execPath, [resolve(import.meta.dirname, '../server/niitaka.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      NIITAKA_PORT: '0',
      NIITAKA_DATA: directory,
      NIITAKA_INITIAL_KEY: benchKey,
      NIITAKA_LOG_LEVEL: 'error',
      ...settings,
    },
  });
  const port = await readPort(child);
  const pid = child.pid ?? 0;
  return {
    port,
    dataDir: directory,
    pid,
    cpuMs: () => cpuMs(pid),
    peakMb: () => statusMb(pid, 'VmHWM'),
    residentMb: () => statusMb(pid, 'VmRSS'),
    async stop(keep = false) {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      if (!keep) rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function readPort(child: ChildProcess): Promise<number> {
  const { promise, resolve: found, reject } = Promise.withResolvers<number>();
  const timer = setTimeout(() => reject(new Error('the server did not get ready')), readyWithinMs);
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    const ready = /Niitaka is ready at http:\/\/[^:\s]+:(\d+)/.exec(text);
    if (ready !== null) found(Number(ready[1]));
  });
  child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${text}`)));
  return promise.finally(() => clearTimeout(timer));
}

/** Ticks are 10 ms on Linux, everywhere. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function statusMb(pid: number, name: string): number {
  const line = new RegExp(`${name}:\\s+(\\d+) kB`).exec(
    readFileSync(`/proc/${pid}/status`, 'utf8'),
  );
  return Number(line?.[1]) / 1024;
}
