const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A duration as 850 ms, 1.4 s, 3 m 12 s, 2 h 05 m or 3 d 4 h; negative ones count as 0. */
export function formatDuration(ms: number): string {
  const size = Math.max(0, ms);
  if (size < SECOND) return `${Math.floor(size)} ms`;
  if (size < MINUTE) return `${(Math.floor(size / 100) / 10).toFixed(1)} s`;
  if (size < HOUR) return pair(size, MINUTE, 'm', SECOND, 's', 2);
  if (size < DAY) return pair(size, HOUR, 'h', MINUTE, 'm', 2);
  return pair(size, DAY, 'd', HOUR, 'h', 1);
}

/** A duration that ticks: whole seconds below a minute, so that it does not flicker. */
export function formatTickingDuration(ms: number): string {
  const size = Math.max(0, ms);
  return size < MINUTE ? `${Math.floor(size / SECOND)} s` : formatDuration(size);
}

function pair(
  size: number,
  big: number,
  bigUnit: string,
  small: number,
  smallUnit: string,
  digits: number,
): string {
  const whole = Math.floor(size / big);
  const rest = Math.floor((size % big) / small);
  return `${whole} ${bigUnit} ${String(rest).padStart(digits, '0')} ${smallUnit}`;
}
