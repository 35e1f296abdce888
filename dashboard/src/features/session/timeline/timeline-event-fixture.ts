import type { TimelineEvent } from './timeline-event.ts';

/** A finished tool call of one second; tests name what matters to them. */
export function timelineEvent(fields: Partial<TimelineEvent> & { id: string }): TimelineEvent {
  const startMs = fields.startMs ?? 0;
  return {
    position: 1,
    type: 'tool',
    name: null,
    parentId: null,
    sender: null,
    seq: null,
    startMs,
    endMs: startMs + 1_000,
    level: null,
    afterEnd: false,
    unfinished: false,
    model: null,
    inputTokens: null,
    outputTokens: null,
    firstTokenMs: null,
    costUsd: null,
    costSource: null,
    brief: null,
    ...fields,
  };
}
