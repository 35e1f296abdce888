import { basePath } from '../base-path.ts';
import { apiErrorOf, offlineError } from './api-error.ts';
import { noteReachable } from './reachability.ts';
import { reportUnauthenticated } from './unauthenticated.ts';

/** Values of a query string; undefined ones are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Reads JSON from `/api/v1` + path; throws an ApiError on any failure. */
export async function apiGet<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  const response = await apiRequest(apiUrl(path, query), signal ? { signal } : {});
  return (await response.json()) as T;
}

/** Sends JSON to `/api/v1` + path and reads the answer, if there is one. */
export async function apiSend<T>(
  method: 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<T> {
  const init: RequestInit = { method };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { 'content-type': 'application/json' };
  }
  const response = await apiRequest(apiUrl(path), init);
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** One request with the session cookie; a 401 also sends the page to sign in. */
export async function apiRequest(url: string, init: RequestInit): Promise<Response> {
  const what = `${init.method ?? 'GET'} ${url.split('?')[0] ?? url}`;
  const response = await fetch(url, { credentials: 'same-origin', ...init }).catch((error) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    noteReachable(false);
    throw offlineError(what);
  });
  noteReachable(true);
  if (response.ok) return response;
  const error = await apiErrorOf(response, what);
  if (error.status === 401) reportUnauthenticated();
  throw error;
}

/** The address of an API call. */
export function apiUrl(path: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) params.set(key, String(value));
  }
  const text = params.toString();
  return `${basePath}api/v1${path}${text === '' ? '' : `?${text}`}`;
}
