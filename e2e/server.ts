import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { IngestRecord } from '@niitaka/protocol/ingest.ts';
import { buildDashboard } from '../tools/setup/build-dashboard.mjs';

/** The key of every server started here, with all scopes. */
export const testKey = 'nk_test_0123456789abcdef0123456789abcdef';

const root = resolve(import.meta.dirname, '..');
const readyWithinMs = 30_000;
const recordsPerBatch = 500;

/** A real server in a process and a folder of its own, with the built pages. */
export interface TestServer {
  readonly url: string;
  /** Sends records as a client would; throws when any is refused. */
  ingest(records: readonly IngestRecord[]): Promise<void>;
  /** Calls the API with the key and reads the answer. */
  api<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Prints a fresh sign-in link, as an operator does. */
  link(): Promise<string>;
  /** Ends the process and keeps its data, for a restart. */
  halt(): Promise<void>;
  stop(): Promise<void>;
  /** Starts it again on the same port and data. */
  restart(): Promise<void>;
}

/** Builds the pages if need be, and starts `server/niitaka.mjs` on a free port. */
export async function startServer(): Promise<TestServer> {
  await buildDashboard(root, process.execPath);
  const data = mkdtempSync(join(tmpdir(), 'niitaka-e2e-'));
  let running = await launch(data, 0);
  const { port } = running;
  const url = `http://127.0.0.1:${port}`;
  const api = <T>(method: string, path: string, body?: unknown) => call<T>(url, method, path, body);
  return {
    url,
    api,
    async ingest(records) {
      for (let from = 0; from < records.length; from += recordsPerBatch) {
        await ingestBatch(api, records.slice(from, from + recordsPerBatch));
      }
    },
    link: () => printLink(data, port),
    async restart() {
      running = await launch(data, port);
    },
    halt: () => end(running.child),
    async stop() {
      await end(running.child);
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** Ends a server's process and waits for it, keeping its data. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

async function launch(data: string, port: number): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, [join(root, 'server/niitaka.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: environment(data, port),
  });
  return { child, port: await readPort(child) };
}

function environment(data: string, port: number): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NIITAKA_PORT: String(port),
    NIITAKA_DATA: data,
    NIITAKA_INITIAL_KEY: testKey,
    NIITAKA_LOG_LEVEL: 'error',
  };
}

async function readPort(child: ChildProcess): Promise<number> {
  const { promise, resolve: found, reject } = Promise.withResolvers<number>();
  const late = () => reject(new Error(`the server was not ready within ${readyWithinMs} ms`));
  const timer = setTimeout(late, readyWithinMs);
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    const ready = /Niitaka is ready at http:\/\/[^:\s]+:(\d+)/.exec(text);
    if (ready !== null) found(Number(ready[1]));
  });
  child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${text}`)));
  return promise.finally(() => clearTimeout(timer));
}

async function call<T>(url: string, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

async function ingestBatch(
  api: TestServer['api'],
  records: readonly IngestRecord[],
): Promise<void> {
  const answer = await api<{ rejected: unknown[] }>('POST', '/ingest', { records });
  if (answer.rejected.length > 0) {
    throw new Error(`records were refused: ${JSON.stringify(answer.rejected.slice(0, 3))}`);
  }
}

async function printLink(data: string, port: number): Promise<string> {
  const child = spawn(process.execPath, [join(root, 'server/niitaka.mjs'), 'link'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: environment(data, port),
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await once(child, 'exit');
  const link = /http\S+/.exec(text)?.[0];
  if (link === undefined) throw new Error(`no link was printed: ${text}`);
  return link;
}
