/** One session as lists give it. Times are RFC 3339 text, costs US dollars. */
export interface SessionRow {
  readonly id: string;
  readonly agentId: string | null;
  readonly goal: string | null;
  /** Never "error": ask `errorCount`. */
  readonly status: 'running' | 'done' | 'stale';
  readonly environment: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly lastSeenAt: string;
  readonly lastEventAt: string | null;
  readonly durationMs: number | null;
  readonly parentSessionId: string | null;
  readonly rootSessionId: string;
  readonly depth: number;
  readonly experimentId: string | null;
  readonly variant: string | null;
  readonly agentVersion: string | null;
  readonly userId: string | null;
  readonly conversationId: string | null;
  readonly totalCost: number;
  readonly lateCost: number;
  readonly totalTokens: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly eventCount: number;
  readonly stepCount: number;
  readonly llmCount: number;
  readonly toolCount: number;
  readonly errorCount: number;
  readonly unpricedCount: number;
  /** Keys as on the wire: `goal_completed`, `score`, own keys. */
  readonly metrics: Readonly<Record<string, number | boolean>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly delivery: {
    readonly expected: number;
    readonly received: number;
    readonly refused: number;
    readonly missing: number;
    readonly dropped: number;
    readonly droppedBy: Readonly<Record<string, number>>;
    readonly openSenders: number;
    readonly incomplete: boolean;
  };
}

/** One event with its content. */
export interface EventRow {
  readonly eventId: string;
  readonly position: number;
  readonly type: 'llm' | 'tool' | 'decision' | 'error' | 'log';
  readonly name: string | null;
  readonly parentEventId: string | null;
  readonly sender: string | null;
  readonly seq: number | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly latencyMs: number | null;
  readonly level: 'debug' | 'info' | 'warning' | 'error' | null;
  readonly afterEnd: boolean;
  readonly unfinished: boolean;
  /** US dollars; null when the event has no cost or no price is known. */
  readonly cost: number | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** One signal. */
export interface SignalRow {
  readonly id: string;
  readonly type: string;
  readonly subtype: string;
  readonly action: string | null;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly agentId: string | null;
  readonly sessionId: string | null;
  readonly eventId: string | null;
  readonly policyId: string | null;
  readonly message: string;
  readonly data: unknown;
  readonly occurredAt: string;
}
