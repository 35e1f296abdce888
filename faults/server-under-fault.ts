import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { verifyFile } from '../server/src/storage/sqlite/verify.ts';
import type { Verification } from '../server/src/storage/verify/verification.ts';
import { databaseFileName } from '../server/src/writer/open-storage.ts';

/** The key of every server started here. */
export const faultKey = 'nk_fault_0123456789abcdef0123456789abcdef';

const readyWithinMs = 30_000;
const root = resolve(import.meta.dirname, '..');

/** A server that is killed, starved and started again on the same data. */
export interface ServerUnderFault {
  readonly url: string;
  readonly pid: number;
  readonly dataDir: string;
  post(body: string): Promise<{ status: number; text: string; retryAfter: string | null }>;
  get<T>(path: string): Promise<T>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  verify(): Verification;
}

/** A directory for one fault's data, and how to remove it. */
export function faultDirectory(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'niitaka-fault-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
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
    verify: () => verifyFile(join(dataDir, databaseFileName)),
  };
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
