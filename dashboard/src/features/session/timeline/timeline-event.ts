import type { EventBrief } from '@niitaka/protocol/event.ts';

/** One event as the timeline draws it: times in milliseconds since the epoch. */
export interface TimelineEvent {
  readonly id: string;
  readonly position: number;
  readonly type: EventBrief['type'];
  readonly name: string | null;
  readonly parentId: string | null;
  readonly sender: string | null;
  readonly seq: number | null;
  readonly startMs: number;
  /** null while the call is open. */
  readonly endMs: number | null;
  readonly level: EventBrief['level'];
  readonly afterEnd: boolean;
  readonly unfinished: boolean;
  readonly model: string | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly firstTokenMs: number | null;
  readonly costUsd: number | null;
  readonly costSource: EventBrief['cost_source'];
  readonly brief: string | null;
}

export function toTimelineEvent(event: EventBrief): TimelineEvent {
  const startMs = Date.parse(event.started_at);
  return {
    id: event.event_id,
    position: event.position,
    type: event.type,
    name: event.name,
    parentId: event.parent_event_id,
    sender: event.sender,
    seq: event.seq,
    startMs,
    endMs: endOf(event, startMs),
    level: event.level,
    afterEnd: event.after_end,
    unfinished: event.unfinished,
    model: event.model,
    inputTokens: event.input_tokens,
    outputTokens: event.output_tokens,
    firstTokenMs: event.time_to_first_token_ms,
    costUsd: event.cost,
    costSource: event.cost_source,
    brief: event.brief,
  };
}

/** E6: the monotonic latency wins over the difference of times. */
function endOf(event: EventBrief, startMs: number): number | null {
  if (event.ended_at === null) return null;
  if (event.latency_ms !== null) return startMs + event.latency_ms;
  return Math.max(startMs, Date.parse(event.ended_at));
}
