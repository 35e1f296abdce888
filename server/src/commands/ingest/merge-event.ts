import { eventState, type EventRow } from '../../storage/event-row.ts';
import { briefOf } from './event-brief.ts';
import type { EventRecord } from './record.ts';

/**
 * The second record of an event joined with the first; where both have a field the closing one's holds, whichever
 * came first. Null when it brings nothing: a duplicate (E4).
 */
export function mergeEvent(known: EventRow, row: EventRow, record: EventRecord): EventRow | null {
  if (known.state === eventState.open && record.closes) return join(known, row, row.position);
  if (known.state === eventState.closing && record.opens && !record.closes) {
    return join(row, known, row.position);
  }
  return null;
}

function join(opening: EventRow, closing: EventRow, position: number): EventRow {
  const opened = JSON.parse(opening.data) as Record<string, unknown>;
  const closed = JSON.parse(closing.data) as Record<string, unknown>;
  const data = { ...opened, ...closed };
  return {
    ...closing,
    position,
    state: eventState.finished,
    seq: opening.seq,
    closeSeq: closing.closeSeq ?? closing.seq,
    sender: closing.sender ?? opening.sender,
    level: closing.level ?? opening.level,
    name: closing.name ?? opening.name,
    parentEventId: closing.parentEventId ?? opening.parentEventId,
    truncated: joinCuts(opening.truncated, closing.truncated),
    brief: briefOf(closing.type, data),
    data: JSON.stringify(data),
  };
}

function joinCuts(opening: string | null, closing: string | null): string | null {
  if (opening === null || closing === null) return closing ?? opening;
  const cuts = [...(JSON.parse(opening) as unknown[]), ...(JSON.parse(closing) as unknown[])];
  const distinct = new Map(cuts.map((cut) => [JSON.stringify(cut), cut]));
  return JSON.stringify([...distinct.values()]);
}
