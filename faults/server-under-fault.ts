import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { benchKey } from '../bench/server-process.ts';
import { hold } from './fault.ts';

/** The key of every server started here: the loads of the bench send with it too. */
export const faultKey = benchKey;

const readyWithinMs = 30_000;
const root = resolve(import.meta.dirname, '..');

/** What came back for one batch. */
export interface IngestAnswer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | null;
}

/** A server that is killed, starved and started again on the same data. */
export interface ServerUnderFault {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly dataDir: string;
  post(body: string): Promise<IngestAnswer>;
  get<T>(path: string): Promise<T>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** Memory that it holds now, and held at most, MB. */
  residentMb(): number;
  peakMb(): number;
}

/** Starts the real server on a directory. */
export async function startUnderFault(
  dataDir: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServerUnderFault> {
  const child = spawn(process.execPath, [join(root, 'server/niitaka.mjs')], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      ...process.env,
      NIITAKA_PORT: '0',
      NIITAKA_DATA: dataDir,
      NIITAKA_INITIAL_KEY: faultKey,
      NIITAKA_LOG_LEVEL: 'silent',
      ...environment,
    },
  });
  const url = await readUrl(child);
  const headers = { 'x-api-key': faultKey, 'content-type': 'application/json' };
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid ?? 0,
    dataDir,
    async post(body) {
      const answer = await fetch(`${url}/api/v1/ingest`, { method: 'POST', headers, body });
      const retryAfter = answer.headers.get('retry-after');
      return { status: answer.status, text: await answer.text(), retryAfter };
    },
    async get<T>(path: string) {
      const answer = await fetch(`${url}/api/v1${path}`, { headers });
      if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}`);
      return (await answer.json()) as T;
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    residentMb: () => statusMb(child.pid, 'VmRSS'),
    peakMb: () => statusMb(child.pid, 'VmHWM'),
  };
}

function statusMb(pid: number | undefined, name: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
}

/** Sends batches that must all be taken. */
export async function sendAll(server: ServerUnderFault, bodies: readonly string[]): Promise<void> {
  for (const body of bodies) {
    const { status, text } = await server.post(body);
    hold(status === 200, `ingest answered ${status}: ${text}`);
  }
}

/** Holds that a sender was told to come again. */
export function holdRefused({ status, text, retryAfter }: IngestAnswer): void {
  hold(status === 503, `with nothing to write on ingest answered ${status}: ${text}`);
  hold(retryAfter !== null, 'a 503 came without Retry-After');
}

async function readUrl(child: ChildProcess): Promise<string> {
  const { promise, resolve: found, reject } = Promise.withResolvers<string>();
  const timer = setTimeout(() => reject(new Error('the server did not get ready')), readyWithinMs);
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    const ready = /Niitaka is ready at (http:\/\/\S+)/.exec(text)?.[1];
    if (ready !== undefined) found(ready);
  });
  child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${text}`)));
  return promise.finally(() => clearTimeout(timer));
}
