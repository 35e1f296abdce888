import type { EngineName } from '../server/src/storage/port.ts';

/** One fault: what it does to a real server, how often, and what must hold. */
export interface Fault {
  /** What it is called at the command line. */
  readonly name: string;
  /** What is done, in words. */
  readonly what: string;
  /** What must hold, in words. */
  readonly gate: string;
  /** It is run on each of them; none where no engine has a part in it. */
  readonly engines: readonly EngineName[];
  readonly rounds: Rounds;
  /** Throws when the gate does not hold; answers what was seen. */
  run(rounds: number, engine: EngineName): Promise<string>;
}

/** Rounds of the whole run, and of the short form inside `npm test`. */
export interface Rounds {
  readonly full: number;
  /** Null: not in it, for it takes long or other suites of `npm test` do the same. */
  readonly short: number | null;
  /** Where it is another one on PostgreSQL, whose servers start slower. */
  readonly shortOnPostgres?: number | null;
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
