import pg from 'pg';
import { StartupError } from '../startup-error.ts';

/** Oldest server that is known to do. */
const oldestMajor = 15;

/** How long a connection may take to come about, ms. */
export const connectTimeoutMs = 5_000;

/** A connection; one that breaks says so by the error of its next statement. */
export async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(settingsOf(url));
  // Without a listener a connection that breaks while nobody uses it would end the process.
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** What every connection of this program is made with. */
export function settingsOf(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: 'niitaka',
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
  };
}

/** Connects once as a start does; throws a StartupError with what to do. */
export async function connectAtStart(url: string): Promise<pg.Client> {
  let client: pg.Client;
  try {
    client = await connect(url);
  } catch (error) {
    throw new StartupError(startupProblem(url, error));
  }
  const major = Math.floor(Number(await versionOf(client)) / 10_000);
  if (major >= oldestMajor) return client;
  await client.end();
  throw new StartupError(
    `Cannot use ${placeOf(url)}: it runs PostgreSQL ${major}, and ${oldestMajor} or newer is wanted. Update the server, or name another in DATABASE_URL.`,
  );
}

async function versionOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ number: string }>(
    `SELECT current_setting('server_version_num') AS number`,
  );
  return rows[0]?.number ?? '0';
}

/** The address without its secret. */
export function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `the database ${pathname.slice(1)} at ${host}`;
}

function startupProblem(url: string, error: unknown): string {
  const place = placeOf(url);
  const { code, message } = errorOf(error);
  if (code === '28P01' || code === '28000') {
    return `Cannot use ${place}: user or password was refused. Check both in DATABASE_URL.`;
  }
  if (code === '3D000') {
    return `Cannot use ${place}: there is no such database. Make it with CREATE DATABASE, or name another in DATABASE_URL.`;
  }
  if (code === '42501') {
    return `Cannot use ${place}: this user may not connect to it. Grant CONNECT, or name another user in DATABASE_URL.`;
  }
  const why = unreachable[code] ?? message;
  return `Cannot reach ${place}: ${why}. Check that the server runs and that DATABASE_URL names it.`;
}

const unreachable: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name could not be looked up',
  ETIMEDOUT: 'it did not answer',
};

/** Code and text of whatever the driver threw. */
export function errorOf(error: unknown): { readonly code: string; readonly message: string } {
  const { code, message, errors } = error as {
    readonly code?: string;
    readonly message?: string;
    readonly errors?: readonly Error[];
  };
  const text = message === undefined || message === '' ? String(errors?.[0] ?? error) : message;
  return { code: code ?? '', message: text };
}

/** What went wrong, in words without a secret. */
export function describeFailure(error: unknown): string {
  return errorOf(error).message;
}

/** Another attempt may do: two transactions stood in each other's way, or the server went away for a moment. */
export function mayPass(error: unknown): boolean {
  const { code, message } = errorOf(error);
  // A node's refusal at commit, told on by Citus without its code.
  if (code === 'XX000') return /duplicate key value|remote node/i.test(message);
  const isServerCode = /^[0-9A-Z]{5}$/.test(code);
  return isServerCode ? passing.has(code) || code.startsWith('08') : /connection/i.test(message);
}

/** Deadlock, serialisation, a row that another made first, a lock that took too long, a server that ends. */
const passing: ReadonlySet<string> = new Set([
  '40P01',
  '40001',
  '23505',
  '55P03',
  '57P01',
  '57P02',
  '57P03',
]);
