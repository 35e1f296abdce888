const form =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** Milliseconds since the epoch of RFC 3339 text, or of a whole number that is them already; null for the rest. */
export function readTime(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : null;
  const parts = typeof value === 'string' ? form.exec(value) : null;
  if (parts === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map(Number);
  const isDate = year >= 1900 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
  if (!isDate || hour > 23 || minute > 59 || second > 60) return null;
  const [fraction = '', sign, offsetHours = 0, offsetMinutes = 0] = parts.slice(7);
  const ms = Number(fraction.padEnd(3, '0').slice(0, 3));
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000;
  const utc = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  return sign === '-' ? utc + offset : utc - offset;
}
