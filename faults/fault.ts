/** One fault: what it does to a real server, how often, and what must hold. */
export interface Fault {
  readonly name: string;
  /** What must hold, in words. */
  readonly gate: string;
  /** Rounds of the whole run and of the short form inside `npm test`. */
  readonly rounds: { readonly full: number; readonly short: number };
  /** Throws when the gate does not hold; answers what was seen. */
  run(rounds: number): Promise<string>;
}

/** Throws unless something holds. */
export function hold(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}

/** The items in an order of chance. */
export function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
