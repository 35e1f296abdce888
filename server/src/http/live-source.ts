import type { LiveSource } from '../live/live-source.ts';
import type { Reader } from '../storage/reader.ts';
import { eventToWire } from './map-event.ts';
import { sessionToWire } from './map-session.ts';
import { signalToWire } from './map-signal.ts';

/** The live stream's reads over the port, with rows as the wire carries them. */
export function openLiveSource(reader: Reader, clock: () => number): LiveSource {
  return {
    revision: (orgId) => reader.revision(orgId),
    changesSince: (orgId, revision, limit) => reader.changesSince(orgId, revision, limit),
    async sessions(orgId, ids) {
      const summaries = await reader.sessionSummaries(orgId, ids, clock());
      return new Map(summaries.map((one) => [one.session.id, JSON.stringify(sessionToWire(one))]));
    },
    async signals(orgId, ids) {
      const rows = await reader.signalsByIds(orgId, ids);
      return new Map(rows.map((row) => [row.id, JSON.stringify(signalToWire(row))]));
    },
    position: (orgId, sessionId) => reader.position(orgId, sessionId),
    async eventsAfter(orgId, sessionId, position, limit) {
      const asked = { order: 'position', afterTime: null, types: null, q: null } as const;
      const rows = await reader.events(orgId, sessionId, {
        ...asked,
        afterPosition: position,
        limit,
      });
      return (rows ?? []).map((row) => ({
        position: row.position,
        text: JSON.stringify({ session_id: sessionId, event: eventToWire(row, true) }),
      }));
    },
  };
}
