import { controlPollMs as pollMs } from '@niitaka/core/control/control-command.ts';
import { limits } from '@niitaka/core/limits.ts';
import type { Result } from '@niitaka/core/result.ts';
import type { Command, CommandContext } from '../commands/command.ts';
import type { IngestOutcome } from '../commands/ingest/ingest-answer.ts';
import { commands } from '../commands/registry.ts';
import type { ParsedBatch } from '../commands/ingest/record.ts';
import type { GroupFacts, IngestReply } from '../storage/port.ts';
import {
  commitGroup,
  type ContextParts,
  type GroupPart,
  type PartOutcome,
  type Transactions,
} from './commit-group.ts';
import { openFairQueue, type FairQueue, type Lane } from './fair-queue.ts';
import type { WriterAnswer, WriterReport, WriterRequest } from './messages.ts';
import { parseBatch, type ParsedBody } from './parse-batch.ts';
import type { RecordSchemas } from './record-schemas.ts';

/** Bytes of bodies parsed for one transaction. */
const groupBytes = 524_288;

/** Records in one transaction; a batch that begins below it is taken whole. */
const groupRecords = 500;

/** The same while several senders are there: a small batch then waits for a short transaction, not for a long one. */
const sharedGroupRecords = 150;

/** How long senders count as there after they took turns, ms. */
const sharedForMs = 1_000;

/** What a queue works with. */
export interface WriterParts {
  /** Each carries out one group at a time. */
  readonly engines: readonly Transactions[];
  readonly base: ContextParts;
  readonly schemas: RecordSchemas;
  readonly clock: () => number;
  readonly report: (error: unknown) => void;
  readonly send: (report: WriterReport) => void;
  /** Called after each group, before its answers are sent. */
  readonly afterCommit: () => void;
}

type Waiting = Exclude<WriterRequest, { kind: 'close' }>;

/** The writer's queue: whatever waits together is committed together, senders in turns, each one's in its order. */
export interface WriterQueue {
  add(request: Waiting): void;
  /** Resolves once everything added so far was answered. */
  drain(): Promise<void>;
}

/** Opens an empty queue. */
export function openWriterQueue(parts: WriterParts): WriterQueue {
  const waiting = openFairQueue<Waiting>();
  const recordLimit = watchSharing(parts.clock);
  const next = { isOfSingles: true };
  const idle = [...parts.engines];
  const working = new Set<Promise<void>>();
  const work = async (engine: Transactions) => {
    do {
      // Whatever has arrived joins the next group: a sender that comes new is not behind a backlog.
      await new Promise((resolve) => setImmediate(resolve));
      await commitNext(parts, engine, takeNext(parts, waiting, next, recordLimit.now()));
    } while (waiting.peek() !== undefined);
    idle.push(engine);
  };
  return {
    add(request) {
      if (request.kind === 'ingest') recordLimit.saw(request.senderId);
      waiting.add(laneOf(request), request);
      const engine = idle.pop();
      if (engine === undefined) return;
      const done = work(engine).finally(() => working.delete(done));
      working.add(done);
    },
    async drain() {
      while (working.size > 0) await Promise.all(working);
    },
  };
}

/** How many records one transaction holds, by whether one sender is there or several are. */
function watchSharing(clock: () => number): { saw(senderId: string): void; now(): number } {
  let last: string | null = null;
  let sharedUntilMs = 0;
  return {
    saw(senderId) {
      if (last !== null && last !== senderId) sharedUntilMs = clock() + sharedForMs;
      last = senderId;
    },
    now: () => (clock() < sharedUntilMs ? sharedGroupRecords : groupRecords),
  };
}

interface Taken {
  readonly ticket: number;
  readonly part: GroupPart | null;
  readonly reply: ((outcome: PartOutcome) => WriterAnswer['value']) | null;
  readonly value: WriterAnswer['value'];
}

async function commitNext(
  parts: WriterParts,
  engine: Transactions,
  taken: readonly Taken[],
): Promise<void> {
  // Another engine took what there was.
  if (taken.length === 0) return;
  const group = taken.flatMap(({ part }) => (part === null ? [] : [part]));
  const { outcomes, facts } = await carryOut(parts, engine, group);
  parts.afterCommit();
  let next = 0;
  const answers = taken.map(({ ticket, part, reply, value }) => {
    if (part === null || reply === null) return { ticket, value };
    const outcome = outcomes[next];
    next += 1;
    return { ticket, value: outcome === undefined ? value : reply(outcome) };
  });
  parts.send({ kind: 'done', answers, changed: engine.takeChanged(), facts });
}

async function carryOut(
  parts: WriterParts,
  engine: Transactions,
  group: readonly GroupPart[],
): Promise<{ outcomes: readonly PartOutcome[]; facts: GroupFacts | null }> {
  if (group.length === 0) return { outcomes: [], facts: null };
  let errors = 0;
  const report = (error: unknown) => {
    errors += 1;
    parts.report(error);
  };
  const beganAt = performance.now();
  const outcomes = await commitGroup(engine, group, parts.base, parts.clock, report);
  const ms = performance.now() - beganAt;
  return { outcomes, facts: { ...countRecords(group, outcomes), ms, errors } };
}

function countRecords(group: readonly GroupPart[], outcomes: readonly PartOutcome[]) {
  const counts = { batches: 0, accepted: 0, duplicates: 0, rejected: 0 };
  for (const [index, part] of group.entries()) {
    const outcome = outcomes[index];
    if (part.kind !== 'ingest' || outcome?.ok !== true) continue;
    const { accepted, duplicates, rejected } = outcome.value as IngestOutcome;
    counts.batches += 1;
    counts.accepted += accepted;
    counts.duplicates += duplicates;
    counts.rejected += rejected.length;
  }
  return counts;
}

/**
 * The next group. Senders with one batch have every other one for themselves while somebody has more waiting: their
 * transaction is short, and nobody's backlog stands still.
 */
function takeNext(
  parts: WriterParts,
  waiting: FairQueue<Waiting>,
  next: { isOfSingles: boolean },
  maxRecords: number,
): readonly Taken[] {
  const singles = next.isOfSingles ? takeSingles(parts, waiting, maxRecords) : [];
  next.isOfSingles = singles.length === 0;
  return singles.length > 0 ? singles : takeGroup(parts, waiting, maxRecords);
}

function takeSingles(parts: WriterParts, waiting: FairQueue<Waiting>, maxRecords: number): Taken[] {
  const group = openGroup(parts, maxRecords);
  for (const request of waiting.takeSingles(({ kind }) => kind === 'ingest')) {
    if (request.kind === 'ingest') group.add(request);
    if (group.isFull()) break;
  }
  return group.taken;
}

/** Ingest bodies in turns until a limit is reached, or one command by itself. */
function takeGroup(parts: WriterParts, waiting: FairQueue<Waiting>, maxRecords: number): Taken[] {
  const group = openGroup(parts, maxRecords);
  while (!group.isFull()) {
    const next = waiting.peek();
    if (next === undefined || (next.kind === 'command' && group.taken.length > 0)) break;
    waiting.take();
    if (next.kind === 'command') return [takeCommand(next)];
    group.add(next);
  }
  return group.taken;
}

/** Bodies for one transaction. */
function openGroup(parts: WriterParts, maxRecords: number) {
  const taken: Taken[] = [];
  let bytes = 0;
  let records = 0;
  return {
    taken,
    isFull: () => bytes >= groupBytes || records >= maxRecords,
    add(request: Extract<Waiting, { kind: 'ingest' }>) {
      const { byteLength } = request.body;
      const one = takeBody(parts, request);
      taken.push(one);
      bytes += byteLength;
      records += one.part?.kind === 'ingest' ? one.part.batch.recordCount : 0;
    },
  };
}

/** Commands take turns with organisations, in their own order. */
function laneOf(request: Waiting): Lane {
  if (request.kind === 'command') return { orgId: '', senderId: 'commands' };
  return { orgId: request.orgId, senderId: request.senderId };
}

function takeCommand(request: Extract<Waiting, { kind: 'command' }>): Taken {
  const { ticket, name, args } = request;
  const command = (commands as Readonly<Record<string, Command<never, unknown>>>)[name];
  if (command === undefined) throw new Error(`There is no command ${name}`);
  const run = (context: CommandContext): Promise<Result<unknown>> =>
    command(context, args as never);
  return { ticket, part: { kind: 'command', run }, reply: (outcome) => outcome, value: null };
}

function takeBody(parts: WriterParts, request: Extract<Waiting, { kind: 'ingest' }>): Taken {
  const { ticket, orgId, arrivedAtMs, controlPollMs } = request;
  const read = readBody(parts, request.body);
  if (!read.ok) {
    const { status, code, detail } = read.refusal;
    return {
      ticket,
      part: null,
      reply: null,
      value: { status, text: JSON.stringify({ code, detail }) },
    };
  }
  const part: GroupPart = { kind: 'ingest', orgId, batch: read.value, arrivedAtMs };
  return { ticket, part, reply: (outcome) => ingestReply(outcome, controlPollMs), value: null };
}

/** A body that breaks the reader is refused by itself: it must not take the thread along. */
function readBody(parts: WriterParts, body: Uint8Array): ParsedBody<ParsedBatch> {
  try {
    return parseBatch(body, parts.schemas);
  } catch (error) {
    parts.report(error);
    const detail = 'Cannot read the batch: it broke the reader; this is a fault of the server';
    return { ok: false, refusal: { status: 422, code: 'invalid', detail } };
  }
}

function ingestReply(outcome: PartOutcome, controlPollMs: number | null): IngestReply {
  if (!outcome.ok) {
    const { code, message } = outcome.failure;
    return { status: 503, text: JSON.stringify({ code, detail: message }) };
  }
  const { accepted, duplicates, rejected, sessions, control, warnings } =
    outcome.value as IngestOutcome;
  const answer = {
    accepted,
    duplicates,
    rejected,
    sessions,
    control,
    control_poll_ms: control.length > 0 ? pollMs : controlPollMs,
    warnings,
  };
  return { status: 200, text: JSON.stringify(answer) };
}

/** The longest body the queue is ever given. */
export const maxBodyBytes = limits.batchBytes;
