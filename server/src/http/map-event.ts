import { usdNumber } from '@niitaka/core/money/nano-usd.ts';
import type { Event, EventBrief, EventCost } from '@niitaka/protocol/event.ts';
import { eventState, type EventRow } from '../storage/event-row.ts';
import type { EventSummary, EventWhole } from '../storage/session-reader.ts';
import { timeToWire, timeToWireOrNull } from './map-access.ts';

/** An event without its content; `isRunning` says whether its session is. */
export function eventBriefToWire(row: EventSummary, isRunning: boolean): EventBrief {
  return {
    event_id: row.id,
    position: row.position,
    type: row.type,
    name: row.name,
    parent_event_id: row.parentEventId,
    sender: row.sender,
    seq: row.seq ?? row.closeSeq,
    started_at: timeToWire(row.startedAtMs),
    ended_at: timeToWireOrNull(row.endedAtMs),
    latency_ms: row.latencyMs,
    level: row.level,
    after_end: row.afterEnd,
    unfinished: row.state === eventState.open && !isRunning,
    model: row.model,
    input_tokens: row.inputTokens,
    output_tokens: row.outputTokens,
    time_to_first_token_ms: row.timeToFirstTokenMs,
    cost: row.costNanoUsd === null ? null : usdNumber(row.costNanoUsd),
    cost_source: row.costSource as EventBrief['cost_source'],
    brief: row.brief,
  };
}

/** An event whole. */
export function eventToWire(row: EventRow | EventWhole, isRunning: boolean): Event {
  return {
    ...eventBriefToWire(row, isRunning),
    started_at_sent: timeToWire(row.startedAtSentMs),
    ended_at_sent: timeToWireOrNull(row.endedAtSentMs),
    received_at: timeToWire(row.receivedAtMs),
    data: JSON.parse(row.data),
    truncated: row.truncated === null ? [] : JSON.parse(row.truncated),
    cost_detail: row.costSource === null ? null : costToWire(row, row.costSource),
  };
}

function costToWire(row: EventRow | EventWhole, source: string): EventCost {
  const price = 'price' in row ? row.price : null;
  return {
    source: source as EventCost['source'],
    cost: row.costNanoUsd === null ? null : usdNumber(row.costNanoUsd),
    cost_nano_usd: row.costNanoUsd === null ? null : String(row.costNanoUsd),
    classes: row.costClasses === null ? {} : JSON.parse(row.costClasses),
    table_version: price?.tableVersion ?? null,
    price: price === null ? null : JSON.parse(price.price),
  };
}
