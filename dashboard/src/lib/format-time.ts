const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago a moment was: "now", "12 s ago", "3 min ago", "5 h ago", "2 d ago", then a date. */
export function formatAgo(atMs: number, nowMs: number): string {
  const age = nowMs - atMs;
  if (age < 1_000) return 'now';
  if (age < MINUTE) return `${Math.floor(age / 1_000)} s ago`;
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`;
  if (age < DAY) return `${Math.floor(age / HOUR)} h ago`;
  if (age < 7 * DAY) return `${Math.floor(age / DAY)} d ago`;
  return formatDay(atMs, nowMs);
}

/** The local date: "16 Nov", with the year when it is another one. */
export function formatDay(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  const day = `${at.getDate()} ${monthNames[at.getMonth()]}`;
  return at.getFullYear() === new Date(nowMs).getFullYear() ? day : `${day} ${at.getFullYear()}`;
}

/** Local wall-clock time: 14:02:51. */
export function formatClock(atMs: number): string {
  const at = new Date(atMs);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join(':');
}

/** Local date and time: "16 Nov 14:02". */
export function formatDayClock(atMs: number, nowMs: number): string {
  return `${formatDay(atMs, nowMs)} ${formatClock(atMs).slice(0, 5)}`;
}

/** The exact moment in UTC for a hover: 2026-11-16 14:02:51.120 UTC. */
export function formatUtc(atMs: number): string {
  return `${new Date(atMs).toISOString().replace('T', ' ').replace('Z', '')} UTC`;
}

/** The weekday and date of an axis: "Mon 16". */
export function formatWeekday(atMs: number): string {
  const at = new Date(atMs);
  return `${dayNames[at.getDay()]} ${at.getDate()}`;
}

const monthNames = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
];
const dayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
