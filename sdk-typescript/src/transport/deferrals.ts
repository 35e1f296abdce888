import type { Entry } from './entry.ts';

/** A record of a session that the server does not know is tried for so long. */
export const unknownSessionLimitMs = 24 * 3_600_000;
const unknownSessionDelayLimitMs = 60_000;
const unavailableDelayLimitMs = 30_000;
/** Records put off at one time; over it the oldest are given up. */
export const deferralLimit = 10_000;

interface Deferral {
  readonly entry: Entry;
  readonly code: string;
  readonly sinceMs: number;
  readonly attempts: number;
  readonly dueMs: number;
}

/** Records that the server may take later; they hold up no others. */
export class Deferrals {
  #waiting: Deferral[] = [];
  /** Records under way again, with their history. */
  readonly #retried = new WeakMap<Entry, Deferral>();

  /** Records that wait. */
  get size(): number {
    return this.#waiting.length;
  }

  /** When the next record is due; null when none waits. */
  get nextDueMs(): number | null {
    return this.#waiting.reduce<number | null>(
      (next, { dueMs }) => (next === null ? dueMs : Math.min(next, dueMs)),
      null,
    );
  }

  /** True when a record refused with `code` must be given up rather than tried again. */
  isHopeless(entry: Entry, code: string, nowMs: number): boolean {
    const since = this.#retried.get(entry)?.sinceMs ?? nowMs;
    const isTooOld = code === 'session_not_found' && nowMs - since >= unknownSessionLimitMs;
    return isTooOld || this.#waiting.length >= deferralLimit;
  }

  /** Puts a refused record off; `moved` is what stands for it from now on. */
  add(refused: Entry, moved: Entry, code: string, nowMs: number, random: number): void {
    const before = this.#retried.get(refused);
    const attempts = (before?.attempts ?? 0) + 1;
    const delayMs =
      code === 'session_not_found'
        ? Math.min(unknownSessionDelayLimitMs, 1000 * 2 ** Math.min(attempts - 1, 6))
        : random * Math.min(unavailableDelayLimitMs, 500 * 2 ** Math.min(attempts - 1, 6));
    const sinceMs = before?.sinceMs ?? nowMs;
    this.#waiting.push({ entry: moved, code, sinceMs, attempts, dueMs: nowMs + delayMs });
  }

  /** The records whose time has come, at most `limit`. */
  takeDue(nowMs: number, limit: number): Entry[] {
    const due: Deferral[] = [];
    const later: Deferral[] = [];
    for (const deferral of this.#waiting) {
      (deferral.dueMs <= nowMs && due.length < limit ? due : later).push(deferral);
    }
    this.#waiting = later;
    for (const deferral of due) this.#retried.set(deferral.entry, deferral);
    return due.map(({ entry }) => entry);
  }

  /** Every record that waits, due or not. */
  all(): Entry[] {
    return this.#waiting.map(({ entry }) => entry);
  }
}
