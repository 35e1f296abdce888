import type { SessionRow } from '@niitaka/protocol/session.ts';
import { expect, test } from 'vitest';
import { formatClock, formatDayClock } from './format-time.ts';
import { lifeText, sessionLife } from './session-life.ts';

const nowMs = Date.parse('2026-11-24T10:00:00.000Z');
const ago = (ms: number) => new Date(nowMs - ms).toISOString();
const session = {
  status: 'running' as const,
  waiting_for: null,
  last_seen_at: ago(1_000),
  last_event_at: ago(2_000),
  started_at: ago(60_000),
  closed_by: null,
  tree: null,
};
const treeOf = (running: number): SessionRow['tree'] => ({
  sessions: 4,
  running,
  total_cost: 0,
  total_cost_nano_usd: '0',
  late_cost: 0,
  total_tokens: 0,
  step_count: 0,
  error_count: 0,
  unpriced_count: 0,
  truncated: false,
});

test('lifeText() names the call a running session is in, and for how long (S4)', () => {
  const waiting_for = {
    event_id: '019a3c7e-52f1-7c3a-8000-000000000001',
    type: 'llm' as const,
    name: 'gpt-5',
    since: ago(41_400),
  };
  expect(lifeText({ ...session, waiting_for }, nowMs)).toBe('in gpt-5 for 41 s');
  expect(lifeText({ ...session, waiting_for: { ...waiting_for, name: null } }, nowMs)).toBe(
    'in llm for 41 s',
  );
  expect(sessionLife({ ...session, waiting_for, tree: treeOf(3) }, nowMs)).toEqual({
    what: 'in gpt-5',
    since: 'for 41 s',
  });
});

test('lifeText() tells of a running session without a call that it works or is quiet (S4)', () => {
  expect(lifeText(session, nowMs)).toBe('last event 2 s ago');
  expect(lifeText({ ...session, last_event_at: ago(300) }, nowMs)).toBe('last event just now');
  expect(lifeText({ ...session, last_event_at: ago(180_000) }, nowMs)).toBe('quiet for 3 min');
  expect(lifeText({ ...session, last_event_at: ago(7_300_000) }, nowMs)).toBe('quiet for 2 h');
  expect(lifeText({ ...session, last_event_at: null }, nowMs)).toBe('quiet for 1 min');
  const begun = { ...session, last_event_at: null, started_at: ago(4_000) };
  expect(lifeText(begun, nowMs)).toBe('no event yet');
});

test('lifeText() of a session whose children run says how many it waits for (S4, S9)', () => {
  expect(lifeText({ ...session, tree: treeOf(3) }, nowMs)).toBe('2 running below');
  expect(lifeText({ ...session, tree: treeOf(1) }, nowMs)).toBe('last event 2 s ago');
});

test('lifeText() gives a stale session its last sign of life (S4)', () => {
  const stale = { ...session, status: 'stale' as const };
  const last_seen_at = ago(600_000);
  expect(lifeText({ ...stale, last_seen_at }, nowMs)).toBe(
    `last sign of life ${formatClock(Date.parse(last_seen_at))}`,
  );
  const longAgo = ago(3 * 86_400_000);
  expect(lifeText({ ...stale, last_seen_at: longAgo }, nowMs)).toBe(
    `last sign of life ${formatDayClock(Date.parse(longAgo), nowMs)}`,
  );
});

test('lifeText() of a finished one is silent unless an operator ended it', () => {
  expect(lifeText({ ...session, status: 'done' }, nowMs)).toBe('');
  expect(lifeText({ ...session, status: 'done', closed_by: 'operator' }, nowMs)).toBe(
    'ended by an operator',
  );
});
