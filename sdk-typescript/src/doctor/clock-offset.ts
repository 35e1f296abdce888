const timeoutMs = 5000;

/**
 * Milliseconds that the server's clock is ahead of this one, by the `Date` header, which has whole seconds; null
 * when there is none.
 */
export async function clockOffsetMs(apiUrl: string): Promise<number | null> {
  try {
    const sentMs = Date.now();
    const response = await fetch(`${apiUrl}/healthz`, { signal: AbortSignal.timeout(timeoutMs) });
    const dated = Date.parse(response.headers.get('date') ?? '');
    const middleMs = (sentMs + Date.now()) / 2;
    // The header is cut to the second: its middle is the best guess.
    return Number.isFinite(dated) ? Math.round(dated + 500 - middleMs) : null;
  } catch {
    return null;
  }
}
