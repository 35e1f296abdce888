/** One measured figure: what was measured, in which unit, and how its runs came out. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly n: number;
  readonly min: number;
  readonly median: number;
  readonly p95: number;
  readonly max: number;
  /** What the figure must reach, in words; absent where it is only reported. */
  readonly bar?: string;
}

/** Sums up the runs of one figure; at least one value. */
export function figureOf(
  name: string,
  unit: string,
  values: readonly number[],
  bar?: string,
): Figure {
  const sorted = values.toSorted((one, other) => one - other);
  const figure = {
    name,
    unit,
    n: sorted.length,
    min: rounded(sorted[0] ?? Number.NaN),
    median: rounded(quantile(sorted, 0.5)),
    p95: rounded(quantile(sorted, 0.95)),
    max: rounded(sorted.at(-1) ?? Number.NaN),
  };
  return bar === undefined ? figure : { ...figure, bar };
}

/** The same figure, only reported. */
export function withoutBar(figure: Figure): Figure {
  const { bar: _, ...plain } = figure;
  return plain;
}

/** The smallest value that at least the given share of sorted values does not exceed. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** The median of values in any order. */
export function median(values: readonly number[]): number {
  return quantile(
    values.toSorted((one, other) => one - other),
    0.5,
  );
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
