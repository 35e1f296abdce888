import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decideConfig, gatherConfig } from '../config.ts';
import { openLog } from '../log.ts';
import { createDatabase, type TestDatabase } from './postgres-database.ts';
import { startServer, type Server } from '../server.ts';

/** A server on a database file of its own, with what tests do to it. */
export interface TestServer extends Server {
  readonly key: string;
  readonly dataDir: string;
  /** Null with SQLite. */
  readonly databaseUrl: string | null;
  /** Sends one request; JSON in, status and parsed answer out. */
  ask(method: string, path: string, more?: AskOptions): Promise<Answered>;
  /** Ends it, and begins again on the same file. */
  restart(): Promise<TestServer>;
}

export interface AskOptions {
  /** Null sends none; absent sends the first key. */
  readonly key?: string | null;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body, so that tests can look into it. */
  // oxlint-disable-next-line typescript/no-explicit-any -- a test asserts what it reads
  readonly json: any;
}

const firstKey = 'nk_test_0123456789abcdef0123456789abcdef';

/** Starts a server for a test, with more settings by their environment names. */
export async function openServer(settings: Record<string, string> = {}): Promise<TestServer> {
  const database = await databaseFor(settings);
  const dataDir = settings['NIITAKA_DATA'] ?? (await mkdtemp(join(tmpdir(), 'niitaka-')));
  const decided = decideConfig(
    gatherConfig({
      NIITAKA_PORT: '0',
      NIITAKA_LOG_LEVEL: 'error',
      NIITAKA_INITIAL_KEY: firstKey,
      ...(database === null ? {} : { DATABASE_URL: database.url }),
      ...settings,
      NIITAKA_DATA: dataDir,
    }),
  );
  if (!decided.ok) throw new Error(decided.problems.join('\n'));
  const server = await startServer(decided.config, openLog(decided.config.logLevel));
  const close = async () => {
    await server.close();
    await database?.drop();
    await rm(dataDir, { recursive: true, force: true });
  };
  return {
    ...server,
    key: firstKey,
    dataDir,
    databaseUrl: decided.config.databaseUrl,
    ask: (method, path, more = {}) => ask(server.url, method, path, more),
    close,
    async restart() {
      await server.close();
      const kept: Record<string, string> = database === null ? {} : { DATABASE_URL: database.url };
      const again = await openServer({ ...kept, ...settings, NIITAKA_DATA: dataDir });
      return {
        ...again,
        async close() {
          await again.close();
          await database?.drop();
        },
      };
    },
  };
}

/** The engine of these tests: `NIITAKA_TEST_ENGINE=postgres` runs them all on a database of their own. */
async function databaseFor(settings: Record<string, string>): Promise<TestDatabase | null> {
  const isPostgres = process.env['NIITAKA_TEST_ENGINE'] === 'postgres';
  return isPostgres && settings['DATABASE_URL'] === undefined ? createDatabase() : null;
}

async function ask(
  url: string,
  method: string,
  path: string,
  { key = firstKey, body, headers = {} }: AskOptions,
): Promise<Answered> {
  const answer = await fetch(url + path, {
    method,
    redirect: 'manual',
    headers: {
      ...(key === null ? {} : { 'x-api-key': key }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = /application\/(json;|problem)/.test(answer.headers.get('content-type') ?? '');
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    json: isJson ? JSON.parse(text) : null,
  };
}
