import { failure, success } from '@niitaka/core/result.ts';
import type { Command, CommandContext } from '../command.ts';
import { openBatchWork, openGroupWork, type BatchWork } from './batch-work.ts';
import { chargeLeases } from './charge-leases.ts';
import { closeSenders, closeStale, endSessions, takeHeartbeats } from './close-sessions.ts';
import { takeAcks } from './control-sessions.ts';
import { evaluatePolicies } from './evaluate-policies.ts';
import { ingestAnswers, type IngestOutcome } from './ingest-answer.ts';
import { openPolicyGround } from './policy-ground.ts';
import type { HeartbeatRecord, ParsedBatch, ParsedRecord } from './record.ts';
import { startSessions } from './start-sessions.ts';
import { storeEvents } from './store-events.ts';
import { storeMetrics, storeSignals, storeTraces } from './store-outcomes.ts';

/** One batch of one sender. */
export interface ArrivedBatch {
  readonly batch: ParsedBatch;
  readonly arrivedAtMs: number;
}

/** One batch by itself. */
export interface IngestArgs {
  readonly orgId: string;
  readonly batch: ParsedBatch;
}

/** Applies one batch, arriving now. */
export const ingestBatch: Command<IngestArgs, IngestOutcome> = async (context, args) => {
  const { orgId, batch } = args;
  const arrived = [{ batch, arrivedAtMs: context.nowMs }];
  const [outcome] = await ingestBatches(context, orgId, arrived);
  return outcome === undefined ? failure('invalid', 'There was no batch') : success(outcome);
};

/**
 * Applies the batches of one organisation that share a transaction, in their order: sessions, ledgers and totals are
 * read once and written once. A record that is refused never sinks the others (E5).
 */
export async function ingestBatches(
  context: CommandContext,
  orgId: string,
  arrived: readonly ArrivedBatch[],
): Promise<IngestOutcome[]> {
  const group = openGroupWork(context, orgId);
  const named = arrived.map(({ batch }) => namedSessions(batch));
  await group.sessions.load(named.flatMap((ids) => [...ids]));
  const works: BatchWork[] = [];
  for (const [index, { batch, arrivedAtMs }] of arrived.entries()) {
    const own = { ...context, nowMs: arrivedAtMs };
    const work = await openBatchWork(own, group, batch, named[index] ?? new Set());
    await applyBatch(work, batch);
    works.push(work);
  }
  await closeStale(context, group.sessions);
  await group.ledgers.flush();
  if (group.models.size > 0) await context.tx.touchModels(orgId, [...group.models.values()]);
  await context.tx.addDayTotals(orgId, [...group.days.byKey.values()]);
  const ground = await openPolicyGround(context, orgId);
  if (group.spending.size > 0 && ground.policies.revision.policies > 0) {
    await group.sessions.save();
    if (ground.policies.limitsTrees) await chargeLeases(context, group);
    await evaluatePolicies(context, group, ground);
  }
  await group.sessions.flush(group.signalIds);
  return ingestAnswers(context, works, named, ground);
}

/**
 * As if ordered: starts, events, metrics, signals, traces, heartbeats, acknowledgements, closes, ends. Ends are taken
 * before events, because what an event counts for depends on where the end lies (S5).
 */
async function applyBatch(work: BatchWork, batch: ParsedBatch): Promise<void> {
  const records = byKind(batch.records);
  await startSessions(work, records['session.start'] ?? []);
  await work.ledgers.load(batch.records.filter(hasSender), work.offsetMs);
  takeHeartbeats(work, records['session.heartbeat'] ?? []);
  storeMetrics(work, records['session.metrics'] ?? []);
  await endSessions(work, records['session.end'] ?? []);
  await storeEvents(work, records.event ?? []);
  await storeSignals(work, records.signal ?? []);
  await storeTraces(work, records.trace ?? []);
  await takeAcks(work, records['command.ack'] ?? []);
  closeSenders(work, records['sender.close'] ?? []);
  await countRefused(work);
  if (batch.lost === null) return;
  const { sender, counts } = batch.lost;
  await work.context.tx.noteLost(work.orgId, sender, counts, work.context.nowMs);
}

function hasSender(record: ParsedRecord): record is Exclude<ParsedRecord, HeartbeatRecord> {
  return record.kind !== 'session.heartbeat';
}

type ByKind = { [K in ParsedRecord['kind']]?: Extract<ParsedRecord, { kind: K }>[] };

function byKind(records: readonly ParsedRecord[]): ByKind {
  return Object.groupBy(records, (record) => record.kind) as ByKind;
}

/** Also those whose every record is refused: the answer tells where they stand. */
function namedSessions({ records, refused }: ParsedBatch): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { sessionId } of refused) if (sessionId !== null) ids.add(sessionId);
  for (const record of records) {
    if (record.kind === 'session.heartbeat') for (const id of record.sessionIds) ids.add(id);
    else if (record.sessionId !== null) ids.add(record.sessionId);
  }
  return ids;
}

/** Final refusals of numbered records stand in their sender's ledger; retryable ones come again (D1). */
async function countRefused(work: BatchWork): Promise<void> {
  const final = work.refused.filter((one) => !one.retryable && one.seq !== null);
  if (final.length === 0) return;
  await work.sessions.load(final.map((one) => one.sessionId).filter((id) => id !== null));
  await work.ledgers.load(final, work.offsetMs);
  for (const { sessionId, sender, seq } of final) {
    if (sessionId !== null && sender !== null && seq !== null) {
      work.ledgers.refused(sessionId, sender, seq);
    }
  }
}
