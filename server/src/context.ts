import { randomFillSync } from 'node:crypto';
import { uuidV7After, type UuidV7State } from '@niitaka/core/ids/uuid-v7.ts';

/** The moment, in milliseconds since the epoch. */
export type Clock = () => number;

/** The machine's clock. */
export const systemClock: Clock = () => Date.now();

/** A source of ids: UUIDs of version 7 that rise strictly within this process. */
export function openIds(clock: Clock): () => string {
  let state: UuidV7State | null = null;
  const random = new Uint8Array(16);
  return () => {
    const next = uuidV7After(state, clock(), randomFillSync(random));
    state = next.state;
    return next.id;
  };
}
