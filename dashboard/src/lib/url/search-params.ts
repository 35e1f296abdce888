/** A page's query: flat text by key, the same in the address bar and in code. */
export type SearchParams = Readonly<Record<string, string | undefined>>;

/** Reads `?a=1&b=x` into flat text; the last of equal keys wins. */
export function parseSearchParams(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

/** Writes flat text as `?a=1&b=x`; empty and undefined values are left out; commas stay readable. */
export function stringifySearchParams(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    if (typeof value === 'string' && value !== '') params.set(key, value);
  }
  const text = params.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
  return text === '' ? '' : `?${text}`;
}
