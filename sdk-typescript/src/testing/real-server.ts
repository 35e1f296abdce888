import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const startLimitMs = 60_000;

/** The key that the test server knows; all scopes. */
export const testKey = 'nk_test_0123456789abcdef0123456789abcdef';

/** A server process of its own, on a database of its own. */
export interface RealServer {
  readonly url: string;
  /** Reads one resource of the API. */
  get(path: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts the real server on a free port (or on `port`) and a fresh database (or on `data`). */
export async function startServer(port = 0, data?: string): Promise<RealServer> {
  const folder = data ?? mkdtempSync(join(tmpdir(), 'niitaka-server-'));
  const child = spawn(join(root, 'node_modules/.bin/node'), [join(root, 'server/niitaka.mjs')], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      NIITAKA_PORT: String(port),
      NIITAKA_DATA: folder,
      NIITAKA_INITIAL_KEY: testKey,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const url = await readAddress(child);
  return {
    url,
    get: async (path) => {
      const answer = await fetch(`${url}/api/v1${path}`, { headers: { 'x-api-key': testKey } });
      return answer.json();
    },
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      if (data === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function readAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const fail = () => reject(new Error(`The server did not start: ${text}`));
    const timer = setTimeout(fail, startLimitMs);
    const read = (chunk: Buffer) => {
      text += chunk.toString();
      const address = /Niitaka is ready at (http:\/\/127\.0\.0\.1:\d+)/.exec(text)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', fail);
  });
}
