/** How fast live runs go, and whether they are to stop. */
export interface Pace {
  /** Resolves after so many seconds of the plan, at once when stopped. */
  wait(seconds: number): Promise<void>;
  readonly stopped: boolean;
  stop(): void;
}

/** A pace that plays a second of the plan in 1 / `speed` seconds. */
export function startPace(speed: number): Pace {
  const controller = new AbortController();
  const { signal } = controller;
  return {
    wait: (seconds) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const done = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, (seconds * 1000) / speed);
        signal.addEventListener('abort', done);
      }),
    get stopped() {
      return signal.aborted;
    },
    stop: () => controller.abort(),
  };
}
