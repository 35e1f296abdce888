const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A count with thousands separated: 12,408. */
export function formatCount(count: number): string {
  return grouped.format(count);
}

/** A count cut to what fits a narrow place: 999, 84.2 k, 1.3 M. */
export function formatCompact(count: number): string {
  if (count < 1_000) return String(count);
  if (count < 999_950) return `${short(count / 1_000)} k`;
  if (count < 999_950_000) return `${short(count / 1_000_000)} M`;
  return `${short(count / 1_000_000_000)} G`;
}

/** A count with its noun: "1 child", "3 children". */
export function formatNoun(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** A change in percent with one place: "8.2 %"; null when there was nothing before. */
export function formatChange(value: number, previous: number): string | null {
  if (previous === 0) return null;
  const percent = (Math.abs(value - previous) / previous) * 100;
  if (percent < 1_000) return `${percent.toFixed(1)} %`;
  const times = value / previous;
  return times >= 100 ? '> 99 ×' : `${times.toFixed(1)} ×`;
}

function short(value: number): string {
  return value >= 100 ? grouped.format(value) : value.toFixed(1);
}
