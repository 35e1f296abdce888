import type { ControlCommand } from '@niitaka/core/control/control-command.ts';
import type { SenderLedger } from '@niitaka/core/delivery/sender-ledger.ts';
import type { EventType } from '@niitaka/core/event/event.ts';
import type { TreeFigures } from '@niitaka/core/session/contributions.ts';
import type { Session, SessionStatus } from '@niitaka/core/session/session.ts';
import type { SessionFilter, SessionSort } from '@niitaka/core/session/session-filter.ts';
import type { EventRow } from './event-row.ts';
import type { ChangeKind, SignalRow, TraceRow } from './session-tx.ts';

/** The call a running session is in. */
export interface OpenCall {
  readonly eventId: string;
  readonly type: EventType;
  readonly name: string | null;
  readonly sinceMs: number;
}

/** Sums over a session and everything below it. */
export interface TreeSums extends TreeFigures {
  /** More descendants than are summed were left out. */
  readonly truncated: boolean;
}

/** A session as lists show it. */
export interface SessionSummary {
  readonly session: Session;
  readonly tags: Readonly<Record<string, string>>;
  readonly quiet: boolean;
  readonly incomplete: boolean;
  readonly openCall: OpenCall | null;
  /** Null without children. */
  readonly tree: TreeSums | null;
  readonly matchedDescendants: number | null;
}

/** A page of summaries; `next` begins the following one. */
export interface SummaryPage {
  readonly items: readonly SessionSummary[];
  readonly next: ListPosition | null;
}

/** Where a page of a list begins: after this row. */
export interface ListPosition {
  readonly value: number;
  readonly id: string;
  /** Rows given so far: sorts other than by time end at a limit. */
  readonly depth: number;
  /** The moment the first page was made, for durations of running sessions. */
  readonly nowMs: number;
}

/** What a page of a list is asked with. */
export interface ListRequest {
  readonly filter: SessionFilter;
  readonly sort: SessionSort;
  readonly limit: number;
  readonly after: ListPosition | null;
  readonly nowMs: number;
}

/** A session whole. */
export interface SessionWhole extends SessionSummary {
  readonly metadata: string | null;
  readonly truncated: string | null;
  readonly agentName: string | null;
  readonly parent: {
    readonly id: string;
    readonly goal: string | null;
    readonly agentId: string | null;
  } | null;
  readonly senders: readonly {
    readonly sender: string;
    readonly clockOffsetMs: number;
    readonly ledger: SenderLedger;
  }[];
}

/** One node of a tree; `hidden` counts what lies below the depth shown. */
export interface TreeNode extends SessionSummary {
  readonly hidden: number;
}

/** Figures of one range. */
export interface RangeTotals {
  readonly sessions: number;
  readonly withErrors: number;
  readonly stale: number;
  readonly running: number;
  readonly quiet: number;
  readonly costNanoUsd: bigint;
  readonly lateCostNanoUsd: bigint;
  readonly unpriced: number;
  readonly incomplete: number;
  readonly agents: number;
}

/** One bucket of a range. */
export interface RangeBucket {
  readonly startMs: number;
  readonly sessions: number;
  readonly withErrors: number;
  readonly stale: number;
  readonly running: number;
  readonly costNanoUsd: bigint;
}

/** Distinct agents of one bucket. */
export interface AgentBucket {
  readonly startMs: number;
  readonly agents: number;
}

/** The figures of a range as tiles show them. */
export interface RangeStats {
  readonly totals: RangeTotals;
  readonly buckets: readonly RangeBucket[];
  readonly agents: readonly AgentBucket[];
}

/** An event without its content. */
export type EventSummary = Omit<EventRow, 'data' | 'truncated' | 'costClasses' | 'priceId'>;

/** An event with the price it was charged by. */
export interface EventWhole extends EventRow {
  readonly price: { readonly tableVersion: string; readonly price: string } | null;
}

/** Where a page of a timeline begins: after this event. */
export interface TimelinePosition {
  readonly startedAtMs: number;
  readonly sender: string | null;
  readonly seq: number | null;
  readonly id: string;
}

/** What a page of events is asked with. */
export interface EventRequest {
  readonly order: 'position' | 'time';
  readonly afterPosition: number | null;
  readonly afterTime: TimelinePosition | null;
  readonly types: readonly EventType[] | null;
  readonly q: string | null;
  readonly limit: number;
}

/** Cost of one session by model, class and source. */
export interface CostParts {
  readonly byModel: readonly {
    readonly provider: string | null;
    readonly model: string | null;
    readonly calls: number;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly costNanoUsd: bigint;
    readonly unpriced: number;
  }[];
  readonly byClass: readonly {
    readonly tokenClass: string;
    readonly tokens: number;
    readonly costNanoUsd: bigint;
  }[];
  readonly bySource: readonly {
    readonly source: string;
    readonly calls: number;
    readonly costNanoUsd: bigint;
  }[];
  readonly steps: readonly {
    readonly id: string;
    readonly atMs: number;
    readonly model: string | null;
    readonly costNanoUsd: bigint;
  }[];
  readonly unpriced: readonly {
    readonly id: string;
    readonly atMs: number;
    readonly model: string | null;
  }[];
}

/** Where a page of signals or traces begins: after this row. */
export interface MomentPosition {
  readonly atMs: number;
  readonly id: string;
}

/** Which signals are read; what is absent does not matter. Those of no session are in every environment. */
export interface SignalFilter {
  /** Also signals of a tree, whose subject is its root. */
  readonly subjectId?: string | undefined;
  readonly types?: readonly string[] | undefined;
  readonly withoutSubtypes?: readonly string[] | undefined;
  readonly agentIds?: readonly string[] | undefined;
  readonly environments?: readonly string[] | undefined;
  readonly fromMs?: number | undefined;
  /** The first moment after the range. */
  readonly toMs?: number | undefined;
}

/** A row of the live feed. */
export interface ChangeRow {
  readonly kind: ChangeKind;
  readonly id: string;
  readonly revision: number;
}

/** Reads that concern sessions. Every list has a limit; none holds a transaction between pages. */
export interface SessionReader {
  listSessions(orgId: string, request: ListRequest): Promise<SummaryPage>;
  /** How many sessions a filter means; exact where roll-ups say it, else counted to a bound. */
  estimateSessions(orgId: string, filter: SessionFilter, nowMs: number): Promise<number>;
  /** Where a session stands; null when there is none. One look-up, without what pages show beside it. */
  sessionStatus(orgId: string, id: string): Promise<SessionStatus | null>;
  sessionSummaries(orgId: string, ids: readonly string[], nowMs: number): Promise<SessionSummary[]>;
  sessionWhole(orgId: string, id: string, nowMs: number): Promise<SessionWhole | null>;
  sessionTree(
    orgId: string,
    id: string,
    depth: number,
    nowMs: number,
  ): Promise<{ nodes: TreeNode[]; truncated: boolean } | null>;
  rangeTotals(orgId: string, filter: SessionFilter, nowMs: number): Promise<RangeTotals>;
  rangeBuckets(
    orgId: string,
    filter: SessionFilter,
    bucketMs: number,
    nowMs: number,
  ): Promise<RangeBucket[]>;
  /** Totals, buckets and agents of one range at once; `agentMs` is a multiple of `bucketMs`. */
  rangeStats(
    orgId: string,
    filter: SessionFilter,
    bucketMs: number,
    agentMs: number,
    nowMs: number,
  ): Promise<RangeStats>;
  agentBuckets(
    orgId: string,
    filter: SessionFilter,
    bucketMs: number,
    nowMs: number,
  ): Promise<AgentBucket[]>;
  /** The start of the oldest session a filter means; null when none. */
  oldestStart(orgId: string, filter: SessionFilter): Promise<number | null>;

  /** Null when there is no such session. */
  events(orgId: string, sessionId: string, request: EventRequest): Promise<EventRow[] | null>;
  eventSummaries(
    orgId: string,
    sessionId: string,
    request: EventRequest,
  ): Promise<EventSummary[] | null>;
  event(orgId: string, sessionId: string, eventId: string): Promise<EventWhole | null>;
  costParts(orgId: string, sessionId: string): Promise<CostParts | null>;
  treeCostByModel(
    orgId: string,
    sessionId: string,
  ): Promise<{ model: string | null; calls: number; costNanoUsd: bigint }[]>;
  signals(
    orgId: string,
    filter: SignalFilter,
    after: MomentPosition | null,
    limit: number,
  ): Promise<SignalRow[]>;
  signalsByIds(orgId: string, ids: readonly string[]): Promise<SignalRow[]>;
  traces(
    orgId: string,
    sessionId: string,
    after: MomentPosition | null,
    limit: number,
  ): Promise<TraceRow[]>;

  /** Commands of a session, newest first. */
  commands(orgId: string, sessionId: string, limit: number): Promise<ControlCommand[]>;
  /** Commands of sessions that are not done, neither obeyed nor refused, oldest first. */
  openCommands(orgId: string, sessionIds: readonly string[]): Promise<ControlCommand[]>;

  environments(orgId: string, limit: number): Promise<string[]>;
  changesSince(orgId: string, revision: number, limit: number): Promise<ChangeRow[]>;
  /** The newest position given out in a session; 0 for one that is not known. */
  position(orgId: string, sessionId: string): Promise<number>;
}
