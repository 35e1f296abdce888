/** Reads a value kept in this browser; the fallback when there is none or it does not fit. */
export function readStored<T>(key: string, fits: (value: unknown) => value is T, fallback: T): T {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
    return fits(value) ? value : fallback;
  } catch {
    return fallback;
  }
}

/** Keeps a value in this browser, as far as it allows. */
export function writeStored(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A full or switched-off storage costs the memory of the choice, nothing else.
  }
}
