import type { ControlCommand } from '@niitaka/core/control/control-command.ts';
import type { SenderLedger } from '@niitaka/core/delivery/sender-ledger.ts';
import type { RollupFigures, TreeFigures } from '@niitaka/core/session/contributions.ts';
import type { Session } from '@niitaka/core/session/session.ts';
import type { EventRow } from './event-row.ts';

/** A session as loaded for work, under lock until the transaction ends. */
export interface StoredSession {
  /** The engine's own handle; means nothing outside it. */
  readonly key: number;
  readonly session: Session;
}

/** What is stored once at the start and never worked on. */
export interface SessionExtras {
  readonly goalWords: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly metadata: string | null;
  readonly truncated: string | null;
}

/** Events to store of one session. */
export interface EventSet {
  readonly stored: StoredSession;
  readonly rows: readonly EventRow[];
}

/** What is known of one sender in one session. */
export interface StoredSender {
  readonly sender: string;
  readonly clockOffsetMs: number;
  readonly ledger: SenderLedger;
}

/** A signal to store. */
export interface SignalRow {
  readonly id: string;
  readonly subjectId: string;
  readonly sessionId: string | null;
  readonly type: string;
  readonly subtype: string;
  readonly action: string | null;
  readonly severity: string;
  readonly agentId: string | null;
  readonly policyId: string | null;
  readonly eventId: string | null;
  readonly message: string;
  readonly data: string | null;
  readonly occurredAtMs: number;
}

/** A policy that warned of a subject or stopped it, in whatever revision. */
export interface GuardrailKey {
  readonly subjectId: string;
  readonly policyId: string;
  readonly action: 'warn' | 'abort';
}

/** A decision trace to store. */
export interface TraceRow {
  readonly id: string;
  readonly sessionId: string;
  readonly eventId: string | null;
  readonly policyId: string | null;
  readonly policyRevision: number | null;
  readonly action: string;
  readonly inputs: string;
  readonly considered: string;
  readonly errors: string;
  readonly decidedBy: string;
  readonly enforced: boolean;
  readonly latencyUs: number | null;
  readonly occurredAtMs: number;
}

/** Figures to add to one hour and, with an agent, one day. */
export interface RollupDelta {
  readonly environment: string;
  readonly agentId: string | null;
  readonly startedAtMs: number;
  readonly figures: RollupFigures;
}

/** Figures to add to one tree. */
export interface TreeDelta {
  readonly rootSessionId: string;
  readonly figures: TreeFigures;
}

/** Cost and steps to add to one UTC day, by event time. */
export interface DayDelta {
  readonly environment: string;
  readonly agentId: string | null;
  readonly dayMs: number;
  readonly costNanoUsd: bigint;
  readonly steps: number;
}

/** What a tree has spent, as the ingest answer tells it. */
export interface Spent {
  readonly costNanoUsd: bigint;
  readonly steps: number;
}

/** Kinds of rows in the live feed. */
export type ChangeKind = 'session' | 'signal' | 'deleted';

/** How many rows were removed, by table. */
export type RemovedRows = Readonly<Record<string, number>>;

/** Before which moments rows are forgotten, ms since the epoch. */
export interface ExpiryTimes {
  readonly deletionChangesMs: number;
  readonly deletedSessionsMs: number;
  readonly lostRecordsMs: number;
  readonly budgetLeasesMs: number;
}

/** Where a waiting session hangs, for a new link above it. */
export interface LinkFacts {
  readonly rootSessionId: string;
  readonly depth: number;
}

/** Writes that concern sessions, all within one transaction. */
export interface SessionTx {
  /** Sessions by id, locked in id order; unknown ones are absent. */
  loadSessions(orgId: string, ids: readonly string[]): Promise<Map<string, StoredSession>>;
  insertSession(orgId: string, session: Session, extras: SessionExtras): Promise<StoredSession>;
  saveSessions(stored: readonly StoredSession[]): Promise<void>;
  /** Ids among these that were deleted (their hash is kept). */
  deletedAmong(orgId: string, ids: readonly string[]): Promise<Set<string>>;
  /** Running sessions whose newest sign of life is older than the rule allows, at most `limit`. */
  overdueSessionIds(
    nowMs: number,
    staleAfterMs: number,
    limit: number,
  ): Promise<{ orgId: string; id: string }[]>;
  addGraceToRunning(graceMs: number): Promise<void>;

  linkFacts(orgId: string, id: string): Promise<LinkFacts | null>;
  /** How many sessions name `id` as parent, and how many levels hang below it. */
  waitingChildren(orgId: string, id: string): Promise<{ childCount: number; height: number }>;
  /** Sessions other than `id` whose root is `id`, at most `limit`. */
  sessionIdsByRoot(orgId: string, rootSessionId: string, limit: number): Promise<string[]>;
  queueReroot(orgId: string, sessionId: string): Promise<void>;
  queuedReroots(limit: number): Promise<{ orgId: string; sessionId: string }[]>;
  finishReroot(orgId: string, sessionId: string): Promise<void>;

  loadSenders(
    stored: StoredSession,
    senders: readonly string[],
  ): Promise<Map<string, StoredSender>>;
  saveSenders(stored: StoredSession, senders: readonly StoredSender[]): Promise<void>;

  /** Inserts what is new of all these sessions at once; answers per set and row whether it was. */
  insertEvents(sets: readonly EventSet[]): Promise<boolean[][]>;
  loadEvents(stored: StoredSession, ids: readonly string[]): Promise<Map<string, EventRow>>;
  replaceEvents(stored: StoredSession, rows: readonly EventRow[]): Promise<void>;
  /** Events that may lie after the session's end: higher numbers of its ender, later starts of others. */
  eventsBeyondEnd(stored: StoredSession): Promise<EventRow[]>;
  priceId(tableVersion: string, priceJson: string): Promise<number>;

  insertSignals(orgId: string, rows: readonly SignalRow[]): Promise<boolean[]>;
  /** When each of these last was told of by a guardrail signal; null where never. */
  lastGuardrails(orgId: string, keys: readonly GuardrailKey[]): Promise<(number | null)[]>;
  /** Inserts traces; one known by id gathers `decidedBy` and stays otherwise as it is. */
  insertTraces(orgId: string, rows: readonly TraceRow[]): Promise<boolean[]>;

  insertCommands(orgId: string, commands: readonly ControlCommand[]): Promise<void>;
  /** Saves what became of a command. */
  saveCommand(orgId: string, command: ControlCommand): Promise<void>;
  /** Every command of a session, oldest first. */
  commandsOf(orgId: string, sessionId: string): Promise<ControlCommand[]>;
  /** Commands of these sessions that were neither obeyed nor refused, oldest first for each. */
  openCommands(orgId: string, sessionIds: readonly string[]): Promise<ControlCommand[]>;
  /** The running sessions below one, all levels; `isCut` when more than `limit` lie there. */
  runningBelow(
    orgId: string,
    sessionId: string,
    limit: number,
  ): Promise<{ ids: string[]; isCut: boolean }>;

  touchAgents(
    orgId: string,
    starts: readonly { agentId: string; startedAtMs: number }[],
    nowMs: number,
  ): Promise<void>;
  touchEnvironments(orgId: string, names: readonly string[], nowMs: number): Promise<void>;
  addRollups(orgId: string, deltas: readonly RollupDelta[]): Promise<void>;
  addTreeTotals(orgId: string, deltas: readonly TreeDelta[]): Promise<void>;
  addDayTotals(orgId: string, deltas: readonly DayDelta[]): Promise<void>;
  treeSpent(orgId: string, rootSessionId: string): Promise<Spent>;
  /** Spent on a UTC day in an environment: of one agent, or of the organisation when null. */
  daySpent(
    orgId: string,
    environment: string,
    dayMs: number,
    agentId: string | null,
  ): Promise<Spent>;

  /** Marks rows as changed: they take the next revisions, at the latest as the last step of the transaction. */
  recordChanges(
    orgId: string,
    rows: readonly { kind: ChangeKind; id: string }[],
    nowMs: number,
  ): Promise<void>;
  /** What the events of sessions added to day totals. */
  dayCountsOf(stored: readonly StoredSession[]): Promise<DayDelta[]>;
  /**
   * Removes sessions with all that hangs on them and remembers the hashes of their ids; their agents count them no
   * more. Answers how many rows went, by table.
   */
  deleteSessions(
    orgId: string,
    stored: readonly StoredSession[],
    nowMs: number,
  ): Promise<RemovedRows>;
  /** Removes an agent without sessions, with the totals that name it. */
  deleteAgent(orgId: string, agentId: string): Promise<RemovedRows>;
  /** Every environment that was seen, in the order of organisations. */
  environmentsSeen(): Promise<{ orgId: string; name: string }[]>;
  /** Sessions of an environment that ended before a moment, the earliest start first, at most `limit`. */
  endedSessionIds(
    orgId: string,
    environment: string,
    beforeMs: number,
    limit: number,
  ): Promise<string[]>;
  /** How many they are in all, and how many events they have. */
  countEnded(
    orgId: string,
    environment: string,
    beforeMs: number,
  ): Promise<{ sessions: number; events: number }>;
  /** Sessions of an agent, at most `limit`; null when there is no such agent. */
  sessionIdsOfAgent(orgId: string, agentId: string, limit: number): Promise<string[] | null>;

  /** What a process lost before any session was known here: per reason the greatest it told holds (D1). */
  noteLost(
    orgId: string,
    sender: string,
    lost: Readonly<Record<string, number>>,
    nowMs: number,
  ): Promise<void>;
  /** Forgets what was kept for a time only, at most `limit` rows of each kind; answers how many went. */
  forgetExpired(before: ExpiryTimes, limit: number): Promise<number>;

  jobRanAt(name: string): Promise<number | null>;
  noteJobRan(name: string, atMs: number): Promise<void>;
}
