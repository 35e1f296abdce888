/** A lower and an upper bound, either of which may be open. */
export interface Bounds {
  readonly min: number | null;
  readonly max: number | null;
}

/** Reads `2..10`, `2..` or `..10`; null when it is no range of numbers >= 0. */
export function parseBounds(text: string | undefined): Bounds | null {
  const match = /^(\d+(?:\.\d+)?)?\.\.(\d+(?:\.\d+)?)?$/.exec(text ?? '');
  if (match === null || (match[1] === undefined && match[2] === undefined)) return null;
  return {
    min: match[1] === undefined ? null : Number(match[1]),
    max: match[2] === undefined ? null : Number(match[2]),
  };
}

/** Writes bounds as the URL keeps them; undefined when both are open. */
export function boundsText(bounds: Bounds): string | undefined {
  if (bounds.min === null && bounds.max === null) return undefined;
  return `${bounds.min ?? ''}..${bounds.max ?? ''}`;
}

/** Whether a value lies within; a missing value never does. */
export function within(bounds: Bounds, value: number | null): boolean {
  if (value === null) return false;
  return (
    (bounds.min === null || value >= bounds.min) && (bounds.max === null || value <= bounds.max)
  );
}
