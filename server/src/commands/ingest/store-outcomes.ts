import { correctTime } from '@niitaka/core/event/correct-time.ts';
import { cutText, storableText } from '@niitaka/core/text/cut-text.ts';
import { mergeMetrics } from '@niitaka/core/session/merge-metrics.ts';
import { findSession, offsetOf, refuse, settle, type BatchWork } from './batch-work.ts';
import { noteAbort } from './note-abort.ts';
import type { MetricsRecord, SignalRecord, TraceRecord } from './record.ts';

/** Messages of signals are cut at this many characters. */
const messageLimit = 2_000;

/** Applies outcome metrics (S7). */
export function storeMetrics(work: BatchWork, records: readonly MetricsRecord[]): void {
  for (const record of records) {
    const stored = findSession(work, record);
    if (stored === undefined) continue;
    if (isKnownNumber(work, record)) {
      work.duplicates += 1;
      continue;
    }
    const merged = mergeMetrics(
      stored.session,
      record.metrics,
      record.recordedAtMs + offsetOf(work, record),
      work.times.arrivedAtMs,
    );
    if (!merged.ok) {
      refuse(work, record, merged.failure);
      continue;
    }
    settle(work, record, merged.value.changed || record.seq !== null);
    work.sessions.touch(stored.session.id, true);
  }
}

/** Stores signals as they arrive (G1); one without a session is the organisation's. */
export async function storeSignals(
  work: BatchWork,
  records: readonly SignalRecord[],
): Promise<void> {
  for (const record of records) {
    const sessionId = record.sessionId;
    const owned = { ...record, sessionId: sessionId ?? work.orgId };
    const stored = sessionId === null ? undefined : findSession(work, owned);
    if (sessionId !== null && stored === undefined) continue;
    const row = {
      ...record,
      id: record.signalId,
      subjectId: subjectOf(work, record, owned.sessionId, stored?.session.rootSessionId ?? null),
      agentId: record.agentId ?? stored?.session.agentId ?? null,
      occurredAtMs: timeOf(work, record, record.occurredAtMs),
      message: cutText(storableText(record.message), messageLimit).text,
    };
    const [isNews = false] = await work.context.tx.insertSignals(work.orgId, [row]);
    settle(work, owned, isNews);
    if (isStop(record)) noteAbort(work.sessions, stored);
    if (!isNews) continue;
    work.signalIds.push(record.signalId);
    if (stored === undefined) continue;
    work.sessions.touch(stored.session.id, true);
    await work.sessions.load([row.subjectId]);
    const subject = work.sessions.get(row.subjectId);
    if (subject === undefined) continue;
    subject.session.signalCount += 1;
    work.sessions.touch(row.subjectId, true);
  }
}

/** The engine's warnings of a tree are its root's, those of a day the organisation's (P7). */
function subjectOf(
  work: BatchWork,
  { action, policyId, data }: SignalRecord,
  sessionId: string,
  rootSessionId: string | null,
): string {
  if (action !== 'warn' || policyId === null || data === null) return sessionId;
  const { scope } = JSON.parse(data) as { scope?: unknown };
  if (scope === 'tree') return rootSessionId ?? sessionId;
  return scope === 'day' ? work.orgId : sessionId;
}

/** Stores decision traces as they arrive (P7). */
export async function storeTraces(work: BatchWork, records: readonly TraceRecord[]): Promise<void> {
  for (const record of records) {
    const stored = findSession(work, record);
    if (stored === undefined) continue;
    const occurredAtMs = timeOf(work, record, record.occurredAtMs);
    const row = { ...record, id: record.traceId, occurredAtMs };
    const [isNews = false] = await work.context.tx.insertTraces(work.orgId, [row]);
    settle(work, record, isNews);
    if (record.action === 'abort' && record.enforced) noteAbort(work.sessions, stored);
    if (!isNews) continue;
    stored.session.traceCount += 1;
    work.sessions.touch(stored.session.id, true);
  }
}

/** A sender tells that a policy's limit or an operator's stopped the run (P6). */
function isStop({ type, subtype, action }: SignalRecord): boolean {
  if (action !== 'abort') return false;
  return type === 'guardrail' || (type === 'control' && subtype === 'operator');
}

/** A moment on the server's clock: what different senders tell is compared and listed by it (E6). */
function timeOf(work: BatchWork, record: Parameters<typeof offsetOf>[1], sentMs: number): number {
  return correctTime(sentMs, offsetOf(work, record), work.times.arrivedAtMs);
}

/** A record without an id of its own is known by its number. */
function isKnownNumber(work: BatchWork, record: MetricsRecord): boolean {
  const { sessionId, sender, seq } = record;
  return sender !== null && seq !== null && work.ledgers.knows(sessionId, sender, seq);
}
