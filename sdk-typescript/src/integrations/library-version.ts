/** Name and version, as the libraries say them to the provider; null where they do not. */
export function versionOf(client: object): string | null {
  try {
    const { getUserAgent } = client as { getUserAgent?: () => unknown };
    return getUserAgent ? String(Reflect.apply(getUserAgent, client, [])) : null;
  } catch {
    return null;
  }
}
