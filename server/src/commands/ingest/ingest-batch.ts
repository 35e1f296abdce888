import { success } from '@niitaka/core/result.ts';
import type { Command } from '../command.ts';
import { openBatchWork, type BatchWork } from './batch-work.ts';
import {
  closeSenders,
  closeStale,
  endSessions,
  refuseUnknownAcks,
  takeHeartbeats,
} from './close-sessions.ts';
import type { DayCounts } from './day-counts.ts';
import { ingestAnswer, type IngestOutcome } from './ingest-answer.ts';
import type { ParsedBatch, ParsedRecord } from './record.ts';
import { startSessions } from './start-sessions.ts';
import { storeEvents } from './store-events.ts';
import { storeMetrics, storeSignals, storeTraces } from './store-outcomes.ts';

/** One batch of one sender. */
export interface IngestArgs {
  readonly orgId: string;
  readonly batch: ParsedBatch;
}

/**
 * Applies one batch as if ordered: starts, events, metrics, signals, traces, heartbeats, acknowledgements, closes,
 * ends. A record that is refused never sinks the others (E5).
 */
export const ingestBatch: Command<IngestArgs, IngestOutcome> = async (context, args) => {
  const named = namedSessions(args.batch.records);
  const work = await openBatchWork(context, args.orgId, args.batch, named);
  const records = byKind(args.batch.records);
  const days: DayCounts = new Map();
  await startSessions(work, records['session.start'] ?? []);
  takeHeartbeats(work, records['session.heartbeat'] ?? []);
  await endSessions(work, records['session.end'] ?? [], days);
  await storeEvents(work, records.event ?? [], days);
  await storeMetrics(work, records['session.metrics'] ?? []);
  await storeSignals(work, records.signal ?? []);
  await storeTraces(work, records.trace ?? []);
  refuseUnknownAcks(work, records['command.ack'] ?? []);
  await closeSenders(work, records['sender.close'] ?? []);
  await countRefused(work);
  closeStale(work);
  await work.ledgers.flush();
  await context.tx.addDayTotals(args.orgId, [...days.values()]);
  await work.sessions.flush(work.signalIds);
  return success(await ingestAnswer(work, named));
};

type ByKind = { [K in ParsedRecord['kind']]?: Extract<ParsedRecord, { kind: K }>[] };

function byKind(records: readonly ParsedRecord[]): ByKind {
  return Object.groupBy(records, (record) => record.kind) as ByKind;
}

function namedSessions(records: readonly ParsedRecord[]): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const record of records) {
    if (record.kind === 'session.heartbeat') for (const id of record.sessionIds) ids.add(id);
    else if (record.sessionId !== null) ids.add(record.sessionId);
  }
  return ids;
}

/** Final refusals of numbered records stand in their sender's ledger; retryable ones come again (D1). */
async function countRefused(work: BatchWork): Promise<void> {
  const final = work.refused.filter((one) => !one.retryable);
  const ids = final.map((one) => one.sessionId).filter((id) => id !== null);
  await work.sessions.load(ids);
  for (const { sessionId, sender, seq } of final) {
    if (sessionId !== null && sender !== null && seq !== null) {
      await work.ledgers.refused(sessionId, sender, seq);
    }
  }
}
