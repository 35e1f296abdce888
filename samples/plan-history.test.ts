import { IngestRecord } from '@niitaka/protocol/ingest.ts';
import { openPriceBook } from '@niitaka/server/prices/price-book.ts';
import { describe, expect, test } from 'vitest';
import { maxHistoryDays, planHistory } from './plan-history.ts';
import { providers, runSeconds, unpricedModel } from './plan.ts';
import { recordRun } from './record-history.ts';

const now = Date.UTC(2026, 10, 24, 12);
const week = planHistory(now, 7);
const records = week.flatMap(({ run, startMs }) => recordRun(run, startMs, null));
const starts = records.filter((record) => record.kind === 'session.start');
const events = records.filter((record) => record.kind === 'event');

describe('planHistory()', () => {
  test('is the same for the same arguments, and over by now', () => {
    expect(planHistory(now, 7)).toEqual(week);
    for (const { run, startMs } of week) {
      expect(startMs).toBeGreaterThanOrEqual(now - 7 * 86_400_000);
      expect(startMs + runSeconds(run) * 1000).toBeLessThan(now);
    }
  });

  test('writes no more days than its limit', () => {
    expect(planHistory(now, 1000)).toEqual(planHistory(now, maxHistoryDays));
    expect(planHistory(now, 0)).toEqual([]);
  });

  test('shows every kind of run: trees, loops, a long one, errors, dead processes', () => {
    const agents = new Set(starts.map((start) => start.agent_id));
    expect([...agents].toSorted()).toEqual([
      'code-fixer',
      'nightly-indexer',
      'reply-drafter',
      'research-agent',
      'support-router',
    ]);
    expect(starts.some((start) => start.parent_session_id !== null)).toBe(true);
    const perSession = Map.groupBy(events, (event) => event.session_id);
    expect(Math.max(...[...perSession.values()].map((list) => list.length))).toBeGreaterThan(2000);
    expect(new Set(events.map((event) => event.type)).size).toBe(5);
    const ends = records.filter((record) => record.kind === 'session.end').length;
    expect(starts.length - ends).toBeGreaterThan(2);
  });
});

describe('recordRun()', () => {
  test('gives records that the wire takes, every session labelled', () => {
    for (const record of records) IngestRecord.parse(record);
    expect(starts.every((start) => start.tags?.['sample'] === 'true')).toBe(true);
  });

  test('keeps children within their parent', () => {
    const router = week.find(({ run }) => run.agentId === 'support-router');
    if (router === undefined) throw new Error('no router planned');
    const tree = recordRun(router.run, router.startMs, null);
    const [parent, child] = tree.filter((record) => record.kind === 'session.start');
    expect(child?.parent_session_id).toBe(parent?.session_id);
    const times = tree.filter((record) => record.kind === 'session.end').map((end) => end.ended_at);
    expect(times.at(-1)).toBe(times.toSorted().at(-1));
  });

  test('numbers records from 1 to the last_seq of the end (D1)', () => {
    const perSession = Map.groupBy(records, (record) =>
      'session_id' in record ? record.session_id : '',
    );
    for (const list of perSession.values()) {
      const numbers = list.flatMap((record) => ('seq' in record ? [record.seq] : []));
      expect(numbers).toEqual(numbers.map((_number, index) => index + 1));
      const end = list.find((record) => record.kind === 'session.end');
      if (end !== undefined) expect(end.last_seq).toBe(numbers.length);
    }
  });

  test('uses models that the price book knows, and one of the house (C1, S6)', () => {
    const book = openPriceBook();
    const used = new Set(events.map((event) => String(event.data['model'] ?? 'gpt-5')));
    expect([...used].toSorted()).toEqual(Object.keys(providers).toSorted());
    for (const [model, provider] of Object.entries(providers)) {
      const found = book.find(provider, model, now)?.row.model;
      expect(found).toBe(model === unpricedModel ? undefined : model);
    }
  });
});
