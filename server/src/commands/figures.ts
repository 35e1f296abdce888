type Figures = Readonly<Record<string, number | bigint>>;

/** `after` less `before`, field by field; null when nothing moved. */
export function difference<T extends object>(after: T, before: T | null): T | null {
  if (before === null) return after;
  const delta: Record<string, number | bigint> = {};
  let moved = false;
  for (const [key, value] of Object.entries(after as Figures)) {
    const old = (before as Figures)[key] ?? 0;
    const change = typeof value === 'bigint' ? value - BigInt(old) : value - Number(old);
    delta[key] = change;
    moved ||= change !== 0 && change !== 0n;
  }
  return moved ? (delta as T) : null;
}

/** Two sets of figures, field by field. */
export function sum<T extends object>(left: T, right: T): T {
  const total: Record<string, number | bigint> = {};
  for (const [key, value] of Object.entries(left as Figures)) {
    const other = (right as Figures)[key] ?? 0;
    total[key] = typeof value === 'bigint' ? value + BigInt(other) : value + Number(other);
  }
  return total as T;
}

/** The same figures, to be taken out of a total. */
export function negated<T extends object>(figures: T): T {
  const opposite = Object.entries(figures as Figures).map(([key, value]) => [key, -value]);
  return Object.fromEntries(opposite) as T;
}
