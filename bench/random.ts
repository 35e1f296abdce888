import { uuidV7 } from '@niitaka/core/ids/uuid-v7.ts';

/** A seeded source of randomness: the same seed gives the same values for ever. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [from, to]. */
  between(from: number, to: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  pick<T>(values: readonly T[]): T;
  /** An index in [0, count), small ones far more often (Zipf's law). */
  skewed(count: number): number;
  /** Log-normal around a median: most near it, a few far above. */
  spread(median: number, sigma: number): number;
  /** A version 7 id of a time. */
  id(timeMs: number): string;
}

/** Randomness from a 32-bit seed (sfc32). */
export function seededRandom(seed: number): Random {
  const next = sfc32(seed);
  const between = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  const bytes = new Uint8Array(10);
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    pick: (values) => {
      const value = values[between(0, values.length - 1)];
      if (value === undefined) throw new Error('cannot pick from an empty list');
      return value;
    },
    skewed: (count) => Math.min(count - 1, Math.floor(count ** next() - 1)),
    spread: (median, sigma) => median * Math.exp(sigma * normal(next)),
    id: (timeMs) => {
      for (let index = 0; index < bytes.length; index += 1) bytes[index] = between(0, 255);
      return uuidV7(timeMs, bytes);
    },
  };
}

function sfc32(seed: number): () => number {
  let [a, b, c, counter] = [seed | 0, 0x9e3779b9 | 0, 0x243f6a88 | 0, 1];
  const step = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let warmUp = 0; warmUp < 15; warmUp += 1) step();
  return step;
}

/** A standard normal value (Box–Muller). */
function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}
