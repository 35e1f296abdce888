/** Lets each address try only so often. */
export interface RateLimit {
  /** Counts one try; answers 0 when it may go on, else the seconds to wait. */
  take(address: string, nowMs: number): number;
  /** The last try was good after all: it does not count. */
  giveBack(address: string): void;
}

const addressLimit = 10_000;

/** At most `most` tries within any `periodMs` for each address. */
export function openRateLimit(most: number, periodMs: number): RateLimit {
  const tries = new Map<string, number[]>();
  return {
    take(address, nowMs) {
      const recent = (tries.get(address) ?? []).filter((atMs) => atMs > nowMs - periodMs);
      const oldest = recent[0];
      if (recent.length >= most && oldest !== undefined) {
        return Math.ceil((oldest + periodMs - nowMs) / 1000);
      }
      recent.push(nowMs);
      tries.delete(address);
      if (tries.size >= addressLimit) dropFirst(tries);
      tries.set(address, recent);
      return 0;
    },
    giveBack(address) {
      tries.get(address)?.pop();
    },
  };
}

function dropFirst(tries: Map<string, number[]>): void {
  const first = tries.keys().next();
  if (first.done !== true) tries.delete(first.value);
}
