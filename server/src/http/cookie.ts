import type { Config } from '../config.ts';
import { sessionLifeMs } from './credentials.ts';

/** The name of the session cookie. */
export const cookieName = 'niitaka_session';

/** The session token in a `Cookie` header; null when there is none. */
export function readSessionCookie(header: string | undefined): string | null {
  if (header === undefined) return null;
  for (const part of header.split(';')) {
    const at = part.indexOf('=');
    if (part.slice(0, at).trim() === cookieName) return part.slice(at + 1).trim();
  }
  return null;
}

/** A `Set-Cookie` that keeps the browser signed in. */
export function sessionCookie(config: Config, token: string): string {
  return `${cookieName}=${token}; ${attributes(config)}; Max-Age=${sessionLifeMs / 1000}`;
}

/** A `Set-Cookie` that signs the browser out. */
export function clearedCookie(config: Config): string {
  return `${cookieName}=; ${attributes(config)}; Max-Age=0`;
}

function attributes(config: Config): string {
  const secure = config.publicUrl?.startsWith('https:') === true ? '; Secure' : '';
  return `Path=${config.basePath}; HttpOnly; SameSite=Lax${secure}`;
}
