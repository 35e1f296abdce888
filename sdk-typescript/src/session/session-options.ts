/** What is known of a run when it starts; everything may be left out. */
export interface SessionOptions {
  /** What the agent is to accomplish, in plain words. */
  readonly goal?: string | undefined;
  /** Which agent runs: 1 to 128 characters; an unseen id creates the agent. */
  readonly agentId?: string | undefined;
  /** UUID of the session; minted when left out. */
  readonly sessionId?: string | undefined;
  /** Left out: the session that is current here. Null: none, this is a root. */
  readonly parentSessionId?: string | null | undefined;
  readonly experimentId?: string | undefined;
  readonly variant?: string | undefined;
  /** Left out: what `configure` says. */
  readonly environment?: string | undefined;
  readonly agentVersion?: string | undefined;
  readonly userId?: string | undefined;
  readonly conversationId?: string | undefined;
  /** At most 20; values of at most 200 characters. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** The kinds of events. */
export type EventType = 'llm' | 'tool' | 'decision' | 'error' | 'log';

/** What an event says; everything may be left out. */
export interface EventOptions {
  readonly name?: string | undefined;
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  /** `Date` or milliseconds since the epoch; now when left out. */
  readonly startedAt?: Date | number | undefined;
  /** `Date` or milliseconds since the epoch; now when left out. */
  readonly endedAt?: Date | number | undefined;
  /** Id of the event that this one happened in. Left out: the call that runs here. Null: none. */
  readonly parent?: string | null | undefined;
  readonly level?: 'debug' | 'info' | 'warning' | 'error' | undefined;
}

/** What is known of a choice beside the choice itself. */
export interface DecisionOptions {
  readonly kind?: string | undefined;
  /** What could have been chosen. */
  readonly options?: readonly unknown[] | undefined;
  readonly reason?: string | undefined;
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

/** Outcome of a run: the two reserved keys, and up to 10 of one's own. */
export interface Metrics {
  readonly goalCompleted?: boolean | undefined;
  /** 0 to 1. */
  readonly score?: number | undefined;
  readonly [key: string]: number | boolean | undefined;
}
