/** How long a reader waits at a raised gate before it goes on anyway, ms. */
const gateWaitMs = 2_000;

/** A gate in shared memory: while it is raised, readers begin no query, so that a checkpoint can finish. */
export function createReadGate(): SharedArrayBuffer {
  return new SharedArrayBuffer(4);
}

/** Raises or lowers the gate. */
export function setReadGate(gate: SharedArrayBuffer, raised: boolean): void {
  const flag = new Int32Array(gate);
  Atomics.store(flag, 0, raised ? 1 : 0);
  if (!raised) Atomics.notify(flag, 0);
}

/** Waits, blocking this thread, until the gate is lowered or the wait is over. */
export function passReadGate(gate: SharedArrayBuffer): void {
  const flag = new Int32Array(gate);
  if (Atomics.load(flag, 0) === 1) Atomics.wait(flag, 0, 1, gateWaitMs);
}
