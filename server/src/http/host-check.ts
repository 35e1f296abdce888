import type { Config } from '../config.ts';

/** What a request says of where it was sent and where it comes from. */
export interface RequestOrigin {
  /** The `Host` header, or `X-Forwarded-Host` from a trusted proxy. */
  readonly host: string;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
}

/** Whether pages may be opened under this host: keeps other sites' names from pointing here. */
export function isAllowedHost(config: Config, host: string): boolean {
  const name = hostName(host);
  const publicHost = config.publicUrl === null ? null : new URL(config.publicUrl).hostname;
  return (
    name === '127.0.0.1' ||
    name === 'localhost' ||
    name === '[::1]' ||
    name === publicHost ||
    config.allowedHosts.some((allowed) => name === allowed || name === `[${allowed}]`)
  );
}

/** Whether a browser sent this from another site; a client that is no browser says nothing of it. */
export function isCrossSite(config: Config, request: RequestOrigin): boolean {
  const { origin, fetchSite, host } = request;
  if (fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none') return true;
  if (origin === undefined) return false;
  if (config.publicUrl !== null && origin === new URL(config.publicUrl).origin) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host.toLowerCase();
}

function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}
