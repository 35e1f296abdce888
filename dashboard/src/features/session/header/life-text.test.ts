import { expect, test } from 'vitest';
import { formatClock, formatDayClock } from '../../../lib/format-time.ts';
import { lifeText } from './life-text.ts';

const nowMs = Date.parse('2026-11-24T10:00:00.000Z');
const ago = (ms: number) => new Date(nowMs - ms).toISOString();
const session = {
  status: 'running' as const,
  waiting_for: null,
  last_seen_at: ago(1_000),
  last_event_at: ago(2_000),
  started_at: ago(60_000),
  closed_by: null,
};

test('lifeText() names the call a running session is in (S4)', () => {
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
});

test('lifeText() says how long a running session has been quiet, from 30 s on (S4)', () => {
  expect(lifeText(session, nowMs)).toBe(null);
  expect(lifeText({ ...session, last_event_at: ago(180_000) }, nowMs)).toBe('quiet for 3 m 00 s');
  expect(lifeText({ ...session, last_event_at: null }, nowMs)).toBe('quiet for 1 m 00 s');
});

test('lifeText() gives a stale session its last sign of life (S4)', () => {
  const last_seen_at = ago(600_000);
  expect(lifeText({ ...session, status: 'stale', last_seen_at }, nowMs)).toBe(
    `last sign of life ${formatClock(Date.parse(last_seen_at))}`,
  );
  const longAgo = ago(3 * 86_400_000);
  expect(lifeText({ ...session, status: 'stale', last_seen_at: longAgo }, nowMs)).toBe(
    `last sign of life ${formatDayClock(Date.parse(longAgo), nowMs)}`,
  );
});

test('lifeText() of a finished one is silent unless an operator ended it', () => {
  expect(lifeText({ ...session, status: 'done' }, nowMs)).toBe(null);
  expect(lifeText({ ...session, status: 'done', closed_by: 'operator' }, nowMs)).toBe(
    'ended by an operator',
  );
});
