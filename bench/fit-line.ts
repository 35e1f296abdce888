/** A straight line through points, by least squares. */
export interface Line {
  readonly slope: number;
  /** The share of the spread that the line explains, 0 to 1. */
  readonly rSquared: number;
  at(x: number): number;
}

/** Fits a line to at least two points. */
export function fitLine(xs: readonly number[], ys: readonly number[]): Line {
  const meanX = mean(xs);
  const meanY = mean(ys);
  const spreadOf = (values: readonly number[], middle: number) =>
    values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  const both = xs.reduce((sum, x, at) => sum + (x - meanX) * ((ys[at] ?? Number.NaN) - meanY), 0);
  const spreadX = spreadOf(xs, meanX);
  const spreadY = spreadOf(ys, meanY);
  const slope = both / spreadX;
  return {
    slope,
    rSquared: spreadY === 0 ? 1 : both ** 2 / (spreadX * spreadY),
    at: (x) => meanY + slope * (x - meanX),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
