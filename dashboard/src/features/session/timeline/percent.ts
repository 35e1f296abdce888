/** A fraction as CSS wants it. */
export function percent(fraction: number): string {
  return `${fraction * 100}%`;
}
