import type { EventLevel, EventType } from '@niitaka/core/event/event.ts';

/** Which of an event's two records have arrived (E4). */
export const eventState = { open: 1, closing: 2, finished: 3 } as const;

/** Which of an event's two records have arrived (E4). */
export type EventState = (typeof eventState)[keyof typeof eventState];

/** An event as it is stored; ids as UUID text, times ms since the epoch, JSON as text, money nano-USD. */
export interface EventRow {
  readonly id: string;
  readonly position: number;
  readonly type: EventType;
  readonly state: EventState;
  readonly afterEnd: boolean;
  readonly level: EventLevel | null;
  readonly sender: string | null;
  readonly seq: number | null;
  readonly closeSeq: number | null;
  readonly parentEventId: string | null;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly startedAtSentMs: number;
  readonly endedAtSentMs: number | null;
  readonly receivedAtMs: number;
  readonly latencyMs: number | null;
  readonly name: string | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly timeToFirstTokenMs: number | null;
  readonly costNanoUsd: bigint | null;
  readonly costSource: string | null;
  readonly priceId: number | null;
  readonly costClasses: string | null;
  readonly brief: string | null;
  readonly truncated: string | null;
  readonly data: string;
}
