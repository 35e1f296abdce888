/** Reads that may wait for one thread; one more is refused. */
export const waitingReads = 1_000;

/** The reads of one thread that nobody waits for any more, in memory that both sides see. */
export interface Abandoned {
  add(ticket: number): void;
  has(ticket: number): boolean;
}

/** Memory for the reads of one thread. */
export function createAbandoned(): SharedArrayBuffer {
  return new SharedArrayBuffer(waitingReads * Int32Array.BYTES_PER_ELEMENT);
}

/** INVARIANT: tickets of a thread follow each other, so that those which wait at the same time have places of their own. */
export function openAbandoned(memory: SharedArrayBuffer): Abandoned {
  const tickets = new Int32Array(memory);
  // Tickets outgrow the 32 bits of a place after months: what it holds is compared in the same width.
  return {
    add: (ticket) => void Atomics.store(tickets, ticket % waitingReads, ticket | 0),
    has: (ticket) => Atomics.load(tickets, ticket % waitingReads) === (ticket | 0),
  };
}
