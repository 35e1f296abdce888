/** What one sender has numbered, lost and left out of one session (D1). */
export interface Ledger {
  readonly sessionId: string;
  readonly sender: string;
  /** The highest number given; 0 before the first. */
  lastSeq: number;
  /** Numbered records that were lost, by reason. */
  readonly dropped: Record<string, number>;
  /** What never became a record, by reason. */
  readonly omitted: Record<string, number>;
  /** True when nothing was added since the server was last told. */
  isTold: boolean;
}

/** Closed ledgers that are remembered, so that a later loss adds to what was told before. */
const rememberedLimit = 10_000;

/** The ledgers of this sender, and those of senders whose records it lost or brought home. */
export class LedgerBook {
  readonly #sender: string;
  readonly #ledgers = new Map<string, Ledger>();

  constructor(sender: string) {
    this.#sender = sender;
  }

  /** The ledger of a session, made when it is asked for first; `sender` is this one unless told. */
  of(sessionId: string, sender = this.#sender): Ledger {
    const key = `${sessionId}/${sender}`;
    const known = this.#ledgers.get(key);
    if (known) return known;
    const ledger = { sessionId, sender, lastSeq: 0, dropped: {}, omitted: {}, isTold: true };
    this.#ledgers.set(key, ledger);
    if (this.#ledgers.size > rememberedLimit) this.#forgetOldestTold();
    return ledger;
  }

  /** Ledgers of this sender with news that the server was not told. */
  untold(): Ledger[] {
    return [...this.#ledgers.values()].filter((it) => !it.isTold && it.sender === this.#sender);
  }

  #forgetOldestTold(): void {
    for (const [key, ledger] of this.#ledgers) {
      if (!ledger.isTold) continue;
      this.#ledgers.delete(key);
      return;
    }
  }
}

/** Adds to a count by reason. */
export function addCount(counts: Record<string, number>, reason: string, count: number): void {
  counts[reason] = (counts[reason] ?? 0) + count;
}
