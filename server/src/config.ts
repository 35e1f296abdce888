import { isIP } from 'node:net';
import { resolve } from 'node:path';
import type { RetentionRule } from './commands/delete-old-sessions.ts';

/** Every name the server reads from its environment, with what it means. */
export const environmentNames = {
  NIITAKA_HOST: 'address to listen on (127.0.0.1)',
  NIITAKA_PORT: 'port to listen on (4600; 0 picks a free one)',
  NIITAKA_DATA: 'directory of the database (./data)',
  DATABASE_URL:
    'PostgreSQL server (postgres://…) for several processes; empty: SQLite in NIITAKA_DATA',
  NIITAKA_LISTEN_URL: 'the same server without a pooler between, where DATABASE_URL names a pooler',
  NIITAKA_PUBLIC_URL: 'address that people open, with path; sets links, cookies and base path',
  NIITAKA_INITIAL_KEY: 'API key that the first start creates instead of a random one',
  NIITAKA_STALE_AFTER: 'seconds without a sign of life after which a session is stale (300)',
  NIITAKA_RETENTION_DAYS:
    'days that sessions are kept from their end, such as 90 or 90,staging=7 (empty: for ever)',
  NIITAKA_LOG_LEVEL: 'fatal, error, warn, info, debug or silent (info)',
  NIITAKA_ALLOWED_HOSTS: 'host names, with commas, under which browsers may open the pages',
  NIITAKA_TRUSTED_PROXIES: 'addresses or networks, with commas, whose X-Forwarded-* is believed',
} as const;

export type EnvironmentName = keyof typeof environmentNames;

/** The environment as found: text, or undefined where nothing or only space is set. */
export type RawConfig = Readonly<Record<EnvironmentName, string | undefined>>;

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  /** The database server; null: SQLite in `dataDir`. */
  readonly databaseUrl: string | null;
  /** Where changes are listened for. */
  readonly listenUrl: string | null;
  /** Without a slash at its end; null when it is the address listened on. */
  readonly publicUrl: string | null;
  /** Path of the public address: `/` or `/name/`. */
  readonly basePath: string;
  readonly initialKey: string | null;
  readonly staleAfterMs: number;
  /** How long sessions are kept; empty: for ever. */
  readonly retention: readonly RetentionRule[];
  readonly logLevel: LogLevel;
  readonly allowedHosts: readonly string[];
  readonly trustedProxies: readonly string[];
}

/** What was decided, or one sentence per setting that cannot be used. */
export type ConfigDecision =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Step one: what is set. */
export function gatherConfig(environment: NodeJS.ProcessEnv): RawConfig {
  const names = Object.keys(environmentNames);
  const found = names.map((name) => [name, environment[name]?.trim() || undefined]);
  return Object.fromEntries(found) as RawConfig;
}

/** Step two: what it means; every problem is told, not only the first. */
export function decideConfig(raw: RawConfig): ConfigDecision {
  const problems: string[] = [];
  const read = <T>(name: EnvironmentName, parse: (text: string) => T | Refusal, absent: T): T => {
    const text = raw[name];
    if (text === undefined) return absent;
    const value = parse(text);
    if (!(value instanceof Refusal)) return value;
    problems.push(`${name} must be ${value.wanted}: found ${shown(name, text)}`);
    return absent;
  };
  const databaseUrl = read<string | null>('DATABASE_URL', parseDatabaseUrl, null);
  const publicUrl = read<URL | null>('NIITAKA_PUBLIC_URL', parseUrl, null);
  const basePath = publicUrl === null ? '/' : `${publicUrl.pathname.replace(/\/+$/, '')}/`;
  const config: Config = {
    host: read('NIITAKA_HOST', parseHost, '127.0.0.1'),
    port: read('NIITAKA_PORT', parsePort, 4600),
    dataDir: resolve(raw.NIITAKA_DATA ?? 'data'),
    databaseUrl,
    listenUrl: read<string | null>('NIITAKA_LISTEN_URL', parseDatabaseUrl, databaseUrl),
    publicUrl: publicUrl === null ? null : publicUrl.origin + basePath.slice(0, -1),
    basePath,
    initialKey: read<string | null>('NIITAKA_INITIAL_KEY', parseKey, null),
    staleAfterMs: read('NIITAKA_STALE_AFTER', parseStaleAfter, 300_000),
    retention: read<readonly RetentionRule[]>('NIITAKA_RETENTION_DAYS', parseRetention, []),
    logLevel: read('NIITAKA_LOG_LEVEL', parseLogLevel, 'info'),
    allowedHosts: read<readonly string[]>('NIITAKA_ALLOWED_HOSTS', parseHosts, []),
    trustedProxies: read<readonly string[]>('NIITAKA_TRUSTED_PROXIES', parseProxies, []),
  };
  return problems.length === 0 ? { ok: true, config } : { ok: false, problems };
}

/** Why a text cannot be used, as what was wanted instead. */
class Refusal {
  readonly wanted: string;

  constructor(wanted: string) {
    this.wanted = wanted;
  }
}

const secretNames: ReadonlySet<EnvironmentName> = new Set([
  'NIITAKA_INITIAL_KEY',
  'DATABASE_URL',
  'NIITAKA_LISTEN_URL',
]);

function shown(name: EnvironmentName, text: string): string {
  return secretNames.has(name) ? `${text.length} characters` : JSON.stringify(text);
}

function parseDatabaseUrl(text: string): string | Refusal {
  const url = URL.canParse(text) ? new URL(text) : null;
  const usable =
    url !== null &&
    /^postgres(ql)?:$/.test(url.protocol) &&
    url.hostname !== '' &&
    url.pathname.length > 1;
  return usable
    ? text
    : new Refusal('an address such as postgres://user:password@host:5432/niitaka');
}

function parseUrl(text: string): URL | Refusal {
  const url = URL.canParse(text) ? new URL(text) : null;
  const usable = url !== null && /^https?:$/.test(url.protocol) && url.search + url.hash === '';
  return usable ? url : new Refusal('a http(s) address such as https://niitaka.example.com');
}

function parseHost(text: string): string | Refusal {
  const usable = isIP(text) > 0 || /^[a-z0-9.-]{1,253}$/i.test(text);
  return usable ? text : new Refusal('an address such as 127.0.0.1 or 0.0.0.0');
}

function parsePort(text: string): number | Refusal {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65_535 ? port : new Refusal('a whole number from 0 to 65535');
}

function parseKey(text: string): string | Refusal {
  const usable = /^nk_[A-Za-z0-9_-]{32,197}$/.test(text);
  return usable ? text : new Refusal('nk_ and 32 to 197 letters, digits, - or _');
}

function parseStaleAfter(text: string): number | Refusal {
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  const usable = seconds >= 30 && seconds <= 86_400;
  return usable ? seconds * 1000 : new Refusal('a whole number of seconds from 30 to 86400');
}

function parseRetention(text: string): readonly RetentionRule[] | Refusal {
  const rules = parts(text).map((part): RetentionRule => {
    const place = part.lastIndexOf('=');
    const environment = place < 0 ? null : part.slice(0, place).trim();
    return { environment, days: parseDays(part.slice(place + 1).trim()) };
  });
  const names = new Set(rules.map(({ environment }) => environment));
  const usable =
    names.size === rules.length && !names.has('') && rules.every(({ days }) => !Number.isNaN(days));
  return usable ? rules : new Refusal('days from 1 to 36500, such as 90 or 90,staging=7');
}

/** A number of days to keep sessions for; NaN for anything else. */
export function parseDays(text: string): number {
  const days = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return days >= 1 && days <= 36_500 ? days : Number.NaN;
}

const logLevels: readonly LogLevel[] = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'];

function parseLogLevel(text: string): LogLevel | Refusal {
  return logLevels.find((level) => level === text) ?? new Refusal(`one of ${logLevels.join(', ')}`);
}

function parseHosts(text: string): readonly string[] | Refusal {
  const hosts = parts(text).map((host) => host.toLowerCase());
  const usable = hosts.every((host) => isIP(host) > 0 || /^[a-z0-9.-]{1,253}$/.test(host));
  return usable ? hosts : new Refusal('host names without port, with commas between');
}

function parseProxies(text: string): readonly string[] | Refusal {
  const usable = parts(text).every((part) => {
    const [address = '', bits] = part.split('/');
    const family = isIP(address);
    const most = family === 4 ? 32 : 128;
    return family > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
  });
  const wanted = 'addresses or networks such as 10.0.0.0/8, with commas between';
  return usable ? parts(text) : new Refusal(wanted);
}

function parts(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
