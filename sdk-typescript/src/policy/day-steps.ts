const dayMs = 86_400_000;

/** Number of the UTC day of a moment. */
export function utcDay(ms: number): number {
  return Math.floor(ms / dayMs);
}

/** Which of a session's steps are of the day that is now: those that began since 00:00 UTC (P1). */
export class DaySteps {
  #day = utcDay(Date.now());
  /** Of all its steps, those of earlier days. */
  #before = 0;

  /** Of `steps` in all, the next one being about to begin. */
  of(day: number, steps: number): number {
    this.#turnTo(day, steps);
    return Math.max(0, steps - this.#before);
  }

  /** A further one is recorded afterwards, `steps` having begun before. */
  note(startedMs: number, steps: number): void {
    const day = utcDay(Date.now());
    this.#turnTo(day, steps);
    if (utcDay(startedMs) < day) this.#before += 1;
  }

  #turnTo(day: number, steps: number): void {
    if (day === this.#day) return;
    this.#day = day;
    this.#before = steps;
  }
}
