import type { LiveSource } from '../live/live-source.ts';
import type { Reader } from '../storage/reader.ts';

/** The live stream's reads over the port, with rows as the wire carries them. */
export function openLiveSource(reader: Reader, _clock: () => number): LiveSource {
  return {
    revision: (orgId) => reader.revision(orgId),
    changesSince: async () => [],
    sessions: async () => new Map(),
    signals: async () => new Map(),
    position: async () => 0,
    eventsAfter: async () => [],
  };
}
