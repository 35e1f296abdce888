import { defaultClient } from '../client/default-client.ts';
import { waitFor } from '../transport/judge-response.ts';
import {
  AuthenticationError,
  ConnectionError,
  NiitakaError,
  NotFoundError,
  RateLimitedError,
  ServerError,
} from './errors.ts';

const readTimeoutMs = 30_000;

/** A query's parameters by wire name; undefined ones are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Reads one resource of the API; throws a `NiitakaError` of the fitting class. */
export async function getJson(path: string, query: Query): Promise<unknown> {
  const { apiUrl, apiKey } = defaultClient().settings;
  if (apiKey === null) {
    throw new AuthenticationError('Cannot read: no API key. Set NIITAKA_API_KEY or apiKey.');
  }
  const url = new URL(`${apiUrl}/api/v1${path}`);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const response = await request(url, apiKey);
  const body = parse(await readText(response, url));
  if (response.ok && body !== undefined) return body;
  throw errorFor(response, body, url);
}

async function request(url: URL, apiKey: string): Promise<Response> {
  try {
    const signal = AbortSignal.timeout(readTimeoutMs);
    return await fetch(url, { headers: { 'x-api-key': apiKey }, signal, redirect: 'error' });
  } catch (error) {
    throw connectionError(url, error);
  }
}

async function readText(response: Response, url: URL): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    throw connectionError(url, error);
  }
}

function connectionError(url: URL, error: unknown): ConnectionError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new ConnectionError(`Cannot reach ${url.origin}: ${reason}`, null, null, error);
}

function errorFor(response: Response, body: unknown, url: URL): NiitakaError {
  const { status } = response;
  const problem = (typeof body === 'object' && body !== null ? body : {}) as Readonly<
    Record<string, unknown>
  >;
  const code = typeof problem['code'] === 'string' ? problem['code'] : null;
  const detail = typeof problem['detail'] === 'string' ? problem['detail'] : response.statusText;
  const message = `Cannot read ${url.pathname}: ${detail || 'no readable answer'} (${status})`;
  if (status === 401 || status === 403) return new AuthenticationError(message, status, code);
  if (status === 404) return new NotFoundError(message, status, code);
  if (status === 429) {
    const retryAfterMs = waitFor(response.headers.get('retry-after'), Date.now());
    return new RateLimitedError(message, status, code, retryAfterMs);
  }
  return status >= 500 || response.ok
    ? new ServerError(message, status, code)
    : new NiitakaError(message, status, code);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
