/** The path the pages live under, with a slash at its end: `/`, or what the server's `<base>` says. */
export const basePath: string =
  globalThis.document?.querySelector('base')?.getAttribute('href') ?? '/';
