import { correctTime } from '@niitaka/core/event/correct-time.ts';
import { countClosedEvent } from '@niitaka/core/session/count-event.ts';
import { isAfterEnd } from '@niitaka/core/session/end-session.ts';
import type { Session } from '@niitaka/core/session/session.ts';
import type { EventSet, StoredSession } from '../../storage/session-tx.ts';
import { eventState, type EventRow } from '../../storage/event-row.ts';
import { findSession, offsetOf, settle, takeSign, type BatchWork } from './batch-work.ts';
import { chargeEvent, computeCharge, factsOf, noCharge, type Charge } from './charge-event.ts';
import { countDay } from './day-counts.ts';
import { briefOf } from './event-brief.ts';
import { mergeEvent } from './merge-event.ts';
import type { EventRecord } from './record.ts';

/** Applies the events of a batch: those of all sessions are stored at once, then counted one by one (E4, S5). */
export async function storeEvents(work: BatchWork, records: readonly EventRecord[]): Promise<void> {
  const made: MadeEvents[] = [];
  for (const group of Map.groupBy(records, (record) => record.sessionId).values()) {
    let stored: StoredSession | undefined;
    for (const record of group) stored = findSession(work, record);
    if (stored !== undefined) made.push(await makeRows(work, stored, group));
  }
  if (made.length === 0) return;
  const inserted = await work.context.tx.insertEvents(made);
  for (const [index, one] of made.entries()) await countGroup(work, one, inserted[index] ?? []);
}

interface MadeEvents extends EventSet {
  readonly records: readonly EventRecord[];
}

async function makeRows(
  work: BatchWork,
  stored: StoredSession,
  records: readonly EventRecord[],
): Promise<MadeEvents> {
  const rows: EventRow[] = [];
  for (const record of records) {
    const row = rowOf(work, stored, record);
    rows.push(row instanceof Promise ? await row : row);
  }
  return { stored, records, rows };
}

async function countGroup(
  work: BatchWork,
  { stored, records, rows }: MadeEvents,
  inserted: readonly boolean[],
): Promise<void> {
  for (const [index, record] of records.entries()) {
    const row = rows[index];
    if (row === undefined) continue;
    const isNew = inserted[index] === true;
    if (isNew) countNew(work, stored, row);
    const isNews = isNew || (await mergeStored(work, stored, row, record));
    settle(work, record, isNews);
    takeSign(work, stored, record.endedAtMs ?? record.startedAtMs);
    if (!isNews) continue;
    work.spending.add(stored.session.id);
    noteEventTime(stored, row);
    if (record.type === 'error') noteFailedCall(work, record);
  }
  work.sessions.touch(stored.session.id, true);
}

/** A promise only where a price is used for the first time: the rest of a batch waits for nothing. */
function rowOf(
  work: BatchWork,
  stored: StoredSession,
  record: EventRecord,
): EventRow | Promise<EventRow> {
  const { session } = stored;
  const offsetMs = offsetOf(work, record);
  const startedAtMs = correctTime(record.startedAtMs, offsetMs, work.times.arrivedAtMs);
  session.position += 1;
  const { position } = session;
  const make = (charge: Charge) => {
    noteModel(work, charge);
    return eventRow(work, record, { position, startedAtMs, offsetMs, charge }, session);
  };
  if (record.type !== 'llm') return make(noCharge);
  const { charge, price } = computeCharge(work, !record.closes, startedAtMs, record.data);
  if (price === null) return make(charge);
  return chargeEvent(work, !record.closes, startedAtMs, record.data).then(make);
}

/** A model that calls are priced by, once a group. */
function noteModel({ models, times }: BatchWork, { provider, model, priceId }: Charge): void {
  if (model === null || priceId === null) return;
  const key = `${provider ?? ''}\n${model}`;
  const seenOnMs = Math.floor(times.arrivedAtMs / dayMs) * dayMs;
  if (!models.has(key)) models.set(key, { provider, model, priceId, seenOnMs });
}

const dayMs = 86_400_000;

interface Placed {
  readonly position: number;
  readonly startedAtMs: number;
  readonly offsetMs: number;
  readonly charge: Charge;
}

function eventRow(
  { times }: BatchWork,
  record: EventRecord,
  { position, startedAtMs, offsetMs, charge }: Placed,
  session: Session,
): EventRow {
  const { sender, seq, opens } = record;
  return {
    id: record.eventId,
    position,
    type: record.type,
    state: stateOf(record),
    afterEnd: isAfterEnd(session, { sender, seq, startedAtMs }),
    level: record.level,
    sender,
    seq: opens ? seq : null,
    closeSeq: opens ? null : seq,
    parentEventId: record.parentEventId,
    startedAtMs,
    endedAtMs: endOf(record, startedAtMs, offsetMs, times.arrivedAtMs),
    startedAtSentMs: record.startedAtMs,
    endedAtSentMs: record.endedAtMs,
    receivedAtMs: times.arrivedAtMs,
    latencyMs: record.latencyMs ?? latencyOf(record),
    name: record.name,
    provider: charge.provider,
    model: charge.model,
    inputTokens: charge.inputTokens,
    outputTokens: charge.outputTokens,
    timeToFirstTokenMs: charge.timeToFirstTokenMs,
    costNanoUsd: charge.costNanoUsd,
    costSource: charge.costSource,
    priceId: charge.priceId,
    costClasses: charge.costClasses,
    brief: briefOf(record.type, record.data),
    truncated: record.truncated.length === 0 ? null : JSON.stringify(record.truncated),
    data: record.dataText,
  };
}

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

function countNew(work: BatchWork, stored: StoredSession, row: EventRow): void {
  stored.session.eventCount += 1;
  count(work, stored, row, 1);
}

function count(work: BatchWork, stored: StoredSession, row: EventRow, sign: 1 | -1): void {
  if (row.state === eventState.open) return;
  countClosedEvent(stored.session, factsOf(row), sign);
  countDay(work.days, stored.session, row, sign);
}

async function mergeStored(
  work: BatchWork,
  stored: StoredSession,
  row: EventRow,
  record: EventRecord,
): Promise<boolean> {
  const known = (await work.context.tx.loadEvents(stored, [row.id])).get(row.id);
  if (known === undefined) return false;
  const merged = mergeEvent(known, row, record);
  if (merged === null) return false;
  const { sender, startedAtMs } = merged;
  const seq = merged.closeSeq ?? merged.seq;
  const data = JSON.parse(merged.data) as Record<string, unknown>;
  const charge =
    merged.type === 'llm' ? await chargeEvent(work, false, startedAtMs, data) : noCharge;
  const afterEnd = isAfterEnd(stored.session, { sender, seq, startedAtMs });
  const after = { ...merged, ...charge, afterEnd };
  count(work, stored, known, -1);
  count(work, stored, after, 1);
  await work.context.tx.replaceEvents(stored, [after]);
  return true;
}

/**
 * An error with an attempt is a call that failed; any other is the agent's own. One that says it is not retryable, a
 * cancellation or an answer that broke off half read, is asked of no policy: nobody can make that call again.
 */
function noteFailedCall(work: BatchWork, { sessionId, eventId, data }: EventRecord): void {
  const { attempt, kind, model, retryable } = data;
  if (typeof attempt !== 'number' || retryable === false) return;
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  work.failedCalls.push({ sessionId, eventId, attempt, kind: text(kind), model: text(model) });
}

function noteEventTime({ session }: StoredSession, row: EventRow): void {
  const at = row.endedAtMs ?? row.startedAtMs;
  if (at > (session.lastEventAtMs ?? -Infinity)) session.lastEventAtMs = at;
}
