/** A sleep that can be cut short, and that keeps no process alive. */
export class Alarm {
  #wake: (() => void) | null = null;

  /** Resolves after `ms`, or as soon as somebody rings. One sleeper at a time. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
      const timer = setTimeout(done, ms);
      timer.unref();
      this.#wake = done;
    });
  }

  /** Wakes the sleeper, if there is one. */
  ring(): void {
    this.#wake?.();
  }
}
