/** The newest id of one monotonic row: pass it to the next `uuidV7After`. */
export interface UuidV7State {
  /** Milliseconds since the epoch that the id carries. */
  readonly timeMs: number;
  /** The 12 bits after the time, 0..4095. */
  readonly counter: number;
}

const counterLimit = 0xfff;

/**
 * The UUID version 7 (RFC 9562) of a time and 10 random bytes, as lower-case text.
 * `timeMs` is an integer of 0..2^48-1 milliseconds since the epoch; `random` holds at least 10 bytes.
 */
export function uuidV7(timeMs: number, random: Uint8Array): string {
  return format(timeMs, ((byte(random, 8) << 8) | byte(random, 9)) & counterLimit, random);
}

/**
 * Like `uuidV7`, and greater than every id made before from the same state: a clock that stands still or steps
 * back goes on from the newest time, with a counter in the 12 bits after it (RFC 9562, 6.2, method 1).
 */
export function uuidV7After(
  state: UuidV7State | null,
  timeMs: number,
  random: Uint8Array,
): { readonly id: string; readonly state: UuidV7State } {
  const next = advance(state, timeMs, ((byte(random, 8) << 8) | byte(random, 9)) & 0x7ff);
  return { id: format(next.timeMs, next.counter, random), state: next };
}

/** Milliseconds since the epoch that a version 7 id carries; null when the text is no such id. */
export function uuidV7Time(id: string): number | null {
  const isV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(id);
  return isV7 ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : null;
}

/** A fresh counter takes 11 random bits, so that at least 2,048 ids fit into its millisecond. */
function advance(state: UuidV7State | null, timeMs: number, fresh: number): UuidV7State {
  if (state === null || timeMs > state.timeMs) return { timeMs, counter: fresh };
  if (state.counter < counterLimit) return { timeMs: state.timeMs, counter: state.counter + 1 };
  return { timeMs: state.timeMs + 1, counter: fresh };
}

function format(timeMs: number, counter: number, random: Uint8Array): string {
  const time = timeMs.toString(16).padStart(12, '0');
  const variant = (byte(random, 0) & 0x3f) | 0x80;
  let node = '';
  for (let at = 2; at < 8; at += 1) node += hex(byte(random, at));
  const middle = (0x7000 | counter).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-${middle}-${hex(variant)}${hex(byte(random, 1))}-${node}`;
}

const hexPairs: readonly string[] = Array.from({ length: 256 }, (_, n) =>
  n.toString(16).padStart(2, '0'),
);

function hex(value: number): string {
  return hexPairs[value] ?? '00';
}

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
