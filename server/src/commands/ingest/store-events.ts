import { correctTime } from '@niitaka/core/event/correct-time.ts';
import { isAfterEnd } from '@niitaka/core/session/end-session.ts';
import type { StoredSession } from '../../storage/session-tx.ts';
import { eventState, type EventRow } from '../../storage/event-row.ts';
import { findSession, settle, takeSign, type BatchWork } from './batch-work.ts';
import { chargeEvent, factsOf } from './charge-event.ts';
import { countDay, type DayCounts } from './day-counts.ts';
import { briefOf } from './event-brief.ts';
import { mergeEvent } from './merge-event.ts';
import type { EventRecord } from './record.ts';
import { countClosedEvent } from '@niitaka/core/session/count-event.ts';

/** Applies the events of a batch, session by session (E4, S5). */
export async function storeEvents(
  work: BatchWork,
  records: readonly EventRecord[],
  days: DayCounts,
): Promise<void> {
  const bySession = Map.groupBy(records, (record) => record.sessionId);
  for (const group of bySession.values()) {
    const first = group[0];
    const stored = first && findEventSession(work, group);
    if (stored !== undefined) await storeGroup(work, stored, group, days);
  }
}

function findEventSession(
  work: BatchWork,
  group: readonly EventRecord[],
): StoredSession | undefined {
  let stored: StoredSession | undefined;
  for (const record of group) stored = findSession(work, record);
  return stored;
}

async function storeGroup(
  work: BatchWork,
  stored: StoredSession,
  records: readonly EventRecord[],
  days: DayCounts,
): Promise<void> {
  const rows: EventRow[] = [];
  for (const record of records) rows.push(await rowOf(work, stored, record));
  const inserted = await work.context.tx.insertEvents(stored, rows);
  for (const [index, record] of records.entries()) {
    const row = rows[index];
    if (row === undefined) continue;
    const isNews =
      inserted[index] === true
        ? countNew(stored, row, days)
        : await mergeStored(work, stored, row, record, days);
    await settle(work, record, isNews);
    takeSign(work, stored, record.endedAtMs ?? record.startedAtMs);
    if (isNews) noteEventTime(stored, row);
  }
  work.sessions.touch(stored.session.id, true);
}

async function rowOf(
  work: BatchWork,
  stored: StoredSession,
  record: EventRecord,
): Promise<EventRow> {
  const { session } = stored;
  const { arrivedAtMs } = work.times;
  const offsetMs =
    record.sender === null || record.seq === null
      ? work.offsetMs
      : await work.ledgers.clockOffsetMs(session.id, record.sender);
  const startedAtMs = correctTime(record.startedAtMs, offsetMs, arrivedAtMs);
  session.position += 1;
  const origin = { sender: record.sender, seq: record.seq, startedAtMs };
  const row: EventRow = {
    ...blankRow,
    id: record.eventId,
    position: session.position,
    type: record.type,
    state: stateOf(record),
    afterEnd: isAfterEnd(session, origin),
    level: record.level,
    sender: record.sender,
    seq: record.opens ? record.seq : null,
    closeSeq: record.opens ? null : record.seq,
    parentEventId: record.parentEventId,
    startedAtMs,
    endedAtMs: endOf(record, startedAtMs, offsetMs, arrivedAtMs),
    startedAtSentMs: record.startedAtMs,
    endedAtSentMs: record.endedAtMs,
    receivedAtMs: arrivedAtMs,
    latencyMs: record.latencyMs ?? latencyOf(record),
    name: record.name,
    brief: briefOf(record.type, record.data),
    truncated: record.truncated.length === 0 ? null : JSON.stringify(record.truncated),
    data: record.dataText,
  };
  return record.type === 'llm' ? chargeEvent(work.context, row, record.data) : row;
}

const blankRow = {
  provider: null,
  model: null,
  inputTokens: null,
  outputTokens: null,
  timeToFirstTokenMs: null,
  costNanoUsd: null,
  costSource: null,
  priceId: null,
  costClasses: null,
} as const;

function stateOf({ opens, closes }: EventRecord): EventRow['state'] {
  if (opens && closes) return eventState.finished;
  return closes ? eventState.closing : eventState.open;
}

function endOf(
  record: EventRecord,
  startedAtMs: number,
  offsetMs: number,
  arrivedAtMs: number,
): number | null {
  if (record.endedAtMs === null) return null;
  return Math.max(startedAtMs, correctTime(record.endedAtMs, offsetMs, arrivedAtMs));
}

function latencyOf(record: EventRecord): number | null {
  return record.endedAtMs === null ? null : Math.max(0, record.endedAtMs - record.startedAtMs);
}

function countNew(stored: StoredSession, row: EventRow, days: DayCounts): true {
  const { session } = stored;
  session.eventCount += 1;
  count(stored, row, days, 1);
  return true;
}

function count(stored: StoredSession, row: EventRow, days: DayCounts, sign: 1 | -1): void {
  if (row.state === eventState.open) return;
  countClosedEvent(stored.session, factsOf(row), sign);
  countDay(days, stored.session, row, sign);
}

async function mergeStored(
  work: BatchWork,
  stored: StoredSession,
  row: EventRow,
  record: EventRecord,
  days: DayCounts,
): Promise<boolean> {
  const known = (await work.context.tx.loadEvents(stored, [row.id])).get(row.id);
  if (known === undefined) return false;
  const merged = mergeEvent(known, row, record);
  if (merged === null) return false;
  const origin = {
    sender: merged.sender,
    seq: merged.closeSeq ?? merged.seq,
    startedAtMs: merged.startedAtMs,
  };
  const judged = { ...merged, afterEnd: isAfterEnd(stored.session, origin) };
  const data = JSON.parse(judged.data) as Record<string, unknown>;
  const after = judged.type === 'llm' ? await chargeEvent(work.context, judged, data) : judged;
  count(stored, known, days, -1);
  count(stored, after, days, 1);
  await work.context.tx.replaceEvents(stored, [after]);
  return true;
}

function noteEventTime({ session }: StoredSession, row: EventRow): void {
  const at = row.endedAtMs ?? row.startedAtMs;
  if (at > (session.lastEventAtMs ?? -Infinity)) session.lastEventAtMs = at;
}
