import type { EventLevel, EventType } from '@niitaka/core/event/event.ts';
import type { EventRow, EventState } from '../event-row.ts';
import { uuidBlob, uuidBlobOrNull, uuidText, uuidTextOrNull } from './uuid-blob.ts';

/** A row of `events`, cost read as bigint through {@link eventColumns}. */
export interface EventSql {
  readonly id: Uint8Array;
  readonly position: number;
  readonly type: EventType;
  readonly state: EventState;
  readonly after_end: number;
  readonly level: EventLevel | null;
  readonly sender: Uint8Array | null;
  readonly seq: number | null;
  readonly close_seq: number | null;
  readonly parent_event_id: Uint8Array | null;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly started_at_sent: number;
  readonly ended_at_sent: number | null;
  readonly received_at: number;
  readonly latency_ms: number | null;
  readonly name: string | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly time_to_first_token_ms: number | null;
  readonly cost: string | null;
  readonly cost_source: string | null;
  readonly price_id: number | null;
  readonly cost_classes: string | null;
  readonly brief: string | null;
  readonly truncated: string | null;
  readonly data: string;
}

/** The columns written, in the order of {@link eventValues}. */
export const eventColumnNames = [
  'id',
  'position',
  'type',
  'state',
  'after_end',
  'level',
  'sender',
  'seq',
  'close_seq',
  'parent_event_id',
  'started_at',
  'ended_at',
  'started_at_sent',
  'ended_at_sent',
  'received_at',
  'latency_ms',
  'name',
  'provider',
  'model',
  'input_tokens',
  'output_tokens',
  'time_to_first_token_ms',
  'cost',
  'cost_source',
  'price_id',
  'cost_classes',
  'brief',
  'truncated',
  'data',
] as const;

/** The columns of {@link EventSql} for a SELECT: money as text, so that no digit is lost. */
export const eventColumns = eventColumnNames
  .map((name) => (name === 'cost' ? 'CAST(cost AS TEXT) AS cost' : name))
  .join(', ');

/** The values of {@link eventColumnNames}. */
export function eventValues(row: EventRow): unknown[] {
  return [
    uuidBlob(row.id),
    row.position,
    row.type,
    row.state,
    Number(row.afterEnd),
    row.level,
    uuidBlobOrNull(row.sender),
    row.seq,
    row.closeSeq,
    uuidBlobOrNull(row.parentEventId),
    row.startedAtMs,
    row.endedAtMs,
    row.startedAtSentMs,
    row.endedAtSentMs,
    row.receivedAtMs,
    row.latencyMs,
    row.name,
    row.provider,
    row.model,
    row.inputTokens,
    row.outputTokens,
    row.timeToFirstTokenMs,
    row.costNanoUsd,
    row.costSource,
    row.priceId,
    row.costClasses,
    row.brief,
    row.truncated,
    row.data,
  ];
}

/** A row of the table as the port speaks of it. */
export function eventFromSql(row: EventSql): EventRow {
  return {
    id: uuidText(row.id),
    position: row.position,
    type: row.type,
    state: row.state,
    afterEnd: row.after_end !== 0,
    level: row.level,
    sender: uuidTextOrNull(row.sender),
    seq: row.seq,
    closeSeq: row.close_seq,
    parentEventId: uuidTextOrNull(row.parent_event_id),
    startedAtMs: row.started_at,
    endedAtMs: row.ended_at,
    startedAtSentMs: row.started_at_sent,
    endedAtSentMs: row.ended_at_sent,
    receivedAtMs: row.received_at,
    latencyMs: row.latency_ms,
    name: row.name,
    provider: row.provider,
    model: row.model,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    timeToFirstTokenMs: row.time_to_first_token_ms,
    costNanoUsd: row.cost === null ? null : BigInt(row.cost),
    costSource: row.cost_source,
    priceId: row.price_id,
    costClasses: row.cost_classes,
    brief: row.brief,
    truncated: row.truncated,
    data: row.data,
  };
}
