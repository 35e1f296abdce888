/** How much may be held at once; whoever gets nothing comes back later. */
export interface ByteBudget {
  /** Takes a share; false when it is more than is left. */
  take(bytes: number): boolean;
  give(bytes: number): void;
  readonly used: number;
}

/** A budget of bytes. */
export function openByteBudget(limit: number): ByteBudget {
  let used = 0;
  return {
    take(bytes) {
      if (used + bytes > limit) return false;
      used += bytes;
      return true;
    },
    give(bytes) {
      used -= bytes;
    },
    get used() {
      return used;
    },
  };
}
