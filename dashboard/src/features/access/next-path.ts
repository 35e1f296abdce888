/** Where to go after signing in: a page of this site, else the sessions. */
export function nextPath(next: string | undefined): string {
  const fallback = '/sessions';
  if (next === undefined || !next.startsWith('/')) return fallback;
  const url = new URL(next, 'http://here');
  if (url.origin !== 'http://here' || url.pathname.startsWith('/sign-in')) return fallback;
  return `${url.pathname}${url.search}`;
}
