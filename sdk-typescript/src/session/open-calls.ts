/** A call is announced while it is open once it has lasted so long. */
export const announceAfterMs = 1000;

/** A call that has begun and not ended. */
export interface OpenCall {
  /** Milliseconds of the monotonic clock. */
  readonly startedTick: number;
  isAnnounced: boolean;
  /** Sends the opening record. */
  announce(): void;
}

/** The calls that are under way in this process. */
export class OpenCalls {
  readonly #open = new Set<OpenCall>();

  /** Milliseconds until the next call is to be announced; null when none is open that was not. */
  nextDueMs(nowTick: number): number | null {
    let next: number | null = null;
    for (const { isAnnounced, startedTick } of this.#open) {
      const dueMs = Math.max(0, startedTick + announceAfterMs - nowTick);
      if (!isAnnounced && (next === null || dueMs < next)) next = dueMs;
    }
    return next;
  }

  /** A call has begun. */
  add(call: OpenCall): void {
    this.#open.add(call);
  }

  /** A call has ended. */
  remove(call: OpenCall): void {
    this.#open.delete(call);
  }

  /** Announces every call that is open for long enough at this flush. */
  announceLong(nowTick: number): void {
    for (const call of this.#open) {
      if (call.isAnnounced || nowTick - call.startedTick < announceAfterMs) continue;
      call.isAnnounced = true;
      call.announce();
    }
  }
}
