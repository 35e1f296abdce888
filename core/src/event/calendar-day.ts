/**
 * Whether the date that a time begins with, `YYYY-MM-DD`, is in the calendar: parsers take the 31st of February for
 * the 3rd of March.
 */
export function isCalendarDay(time: string): boolean {
  const [year = 0, month = 0, day = 0] = time.slice(0, 10).split('-').map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
