import type { IngestRecord } from '@niitaka/protocol/ingest.ts';
import { eventOf } from './generate-event.ts';
import { taskOf } from './generate-task.ts';
import { seededRandom, type Random } from './random.ts';

/** What the generated traffic looks like; every choice but the first four has a default. */
export interface TrafficOptions {
  readonly seed: number;
  readonly sessions: number;
  /** Sessions start in [fromMs, toMs), in order. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Distinct agents; a few of them run most sessions (40). */
  readonly agents?: number;
  /** Median of events in a session; the mean lies some 2.5 times higher (4). */
  readonly medianEvents?: number;
  /** Most events in a session (20,000). */
  readonly maxEvents?: number;
  /** Bytes of content in an event, roughly (600). */
  readonly contentBytes?: number;
  /** Share of sessions that have a parent (0.3). */
  readonly childShare?: number;
  /** Share of events that are errors (0.05). */
  readonly errorShare?: number;
  /** Share of sessions that never end (0.02). */
  readonly unendedShare?: number;
}

/** One run: everything its sender would have sent, in order. */
export interface GeneratedSession {
  readonly sessionId: string;
  readonly parentSessionId: string | null;
  readonly eventCount: number;
  readonly records: readonly IngestRecord[];
}

/** How far up a chain of parents may go. */
export const maxGeneratedDepth = 8;

/**
 * Traffic as agents make it: trees, a few busy agents, many short sessions and a few very long ones, errors, runs that
 * never end. The same options give the same records to the last byte. Parents come before their children.
 */
export function* generateSessions(options: TrafficOptions): Generator<GeneratedSession> {
  const shape = { ...defaults, ...options };
  const random = seededRandom(shape.seed);
  const recent: Parent[] = [];
  for (let index = 0; index < shape.sessions; index += 1) {
    const at = shape.fromMs + Math.floor(((shape.toMs - shape.fromMs) * index) / shape.sessions);
    const parent =
      recent.length > 0 && random.chance(shape.childShare) ? random.pick(recent) : null;
    const session = generateSession(shape, random, at, parent);
    if (session.depth < maxGeneratedDepth) recent.push(session);
    if (recent.length > parentsKept) recent.shift();
    yield session;
  }
}

/** Cuts records into batches of at most `size`, as senders do. */
export function* inBatches(
  sessions: Iterable<GeneratedSession>,
  size: number,
): Generator<readonly IngestRecord[]> {
  let batch: IngestRecord[] = [];
  for (const { records } of sessions) {
    for (const record of records) {
      batch.push(record);
      if (batch.length < size) continue;
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

const defaults = {
  agents: 40,
  medianEvents: 4,
  maxEvents: 20_000,
  contentBytes: 600,
  childShare: 0.3,
  errorShare: 0.05,
  unendedShare: 0.02,
};

/** Children join one of the last few sessions: trees are busy for a while, then over. */
const parentsKept = 12;

type Shape = TrafficOptions & typeof defaults;

interface Parent {
  readonly sessionId: string;
  readonly depth: number;
}

function generateSession(
  shape: Shape,
  random: Random,
  startMs: number,
  parent: Parent | null,
): GeneratedSession & Parent {
  const sessionId = random.id(startMs);
  const sender = random.id(startMs);
  const spread = Math.ceil(random.spread(shape.medianEvents, 1.35));
  const eventCount = Math.min(shape.maxEvents, spread);
  const events: IngestRecord[] = [];
  let at = startMs;
  for (let seq = 1; seq <= eventCount; seq += 1) {
    at += random.between(20, 400);
    const place = { sessionId, sender, seq, startMs: at };
    const { record, latencyMs } = eventOf(random, place, shape.errorShare, shape.contentBytes);
    events.push(record);
    at += latencyMs;
  }
  const parentSessionId = parent?.sessionId ?? null;
  const start = startOf(shape, random, sessionId, parentSessionId, startMs);
  const isOver = !random.chance(shape.unendedShare);
  const close = isOver ? endOf(random, sessionId, sender, eventCount, at) : [];
  const records = [start, ...events, ...close];
  return { sessionId, parentSessionId, eventCount, records, depth: (parent?.depth ?? 0) + 1 };
}

function startOf(
  shape: Shape,
  random: Random,
  sessionId: string,
  parentSessionId: string | null,
  startMs: number,
): IngestRecord {
  const agent = random.skewed(shape.agents);
  return {
    kind: 'session.start',
    session_id: sessionId,
    agent_id: `${agentNames[agent % agentNames.length]}-${agent}`,
    goal: `${taskOf(random)} for ${random.pick(customers)}`,
    environment: random.pick(environments),
    parent_session_id: parentSessionId,
    agent_version: `1.${random.between(0, 9)}.0`,
    user_id: `user-${random.skewed(5000)}`,
    conversation_id: `thread-${random.skewed(20_000)}`,
    tags: { team: random.pick(teams), region: random.pick(regions) },
    started_at: new Date(startMs).toISOString(),
  };
}

function endOf(
  random: Random,
  sessionId: string,
  sender: string,
  eventCount: number,
  endMs: number,
): readonly IngestRecord[] {
  const at = new Date(endMs).toISOString();
  const metrics: IngestRecord = {
    kind: 'session.metrics',
    session_id: sessionId,
    sender,
    seq: eventCount + 1,
    metrics: { goal_completed: random.chance(0.85), score: random.between(40, 100) / 100 },
    recorded_at: at,
  };
  const lastSeq = eventCount + 1;
  return [
    metrics,
    { kind: 'session.end', session_id: sessionId, sender, ended_at: at, last_seq: lastSeq },
  ];
}

const agentNames = ['support-router', 'reply-drafter', 'researcher', 'report-writer', 'code-fixer'];

const customers = [
  'Acme',
  'Globex',
  'Initech',
  'Umbrella',
  'Hooli',
  'Stark',
  'Wayne',
  'Müller & Söhne',
];
const environments = ['production', 'production', 'production', 'production', 'staging'];
const teams = ['support', 'growth', 'platform', 'finance'];
const regions = ['eu', 'us', 'apac'];
