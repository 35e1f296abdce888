import { sessionTreeToWire } from '../http/map-session.ts';
import type { ReadyReader } from '../storage/ready-reader.ts';
import type { Reader } from '../storage/reader.ts';

/** Makes answers ready from the reads of an engine. */
export function readyReads(reader: Pick<Reader, 'sessionTree'>): ReadyReader {
  return {
    async sessionTreeJson(orgId, id, depth, nowMs) {
      const tree = await reader.sessionTree(orgId, id, depth, nowMs);
      return tree === null ? null : bytesOf(sessionTreeToWire(id, depth, tree));
    },
  };
}

function bytesOf(answer: object): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(answer));
}
