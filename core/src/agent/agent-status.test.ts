import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  agentStatus,
  type AgentFacts,
  type AgentStatus,
  type EndedSession,
} from './agent-status.ts';

const nowMs = Date.parse('2026-11-24T12:00:00Z');
const hourMs = 3_600_000;

const ended = (hoursAgo: number, more: Partial<EndedSession> = {}): EndedSession => ({
  status: 'done',
  errorCount: 0,
  endedAtMs: nowMs - hoursAgo * hourMs,
  ...more,
});
const facts = (more: Partial<AgentFacts>): AgentFacts => ({
  override: null,
  running: 0,
  ended: [],
  ...more,
});

describe('agentStatus()', () => {
  test('takes the first that fits: override, active, stale, error, new, idle (A2)', () => {
    const stale = ended(1, { status: 'stale', errorCount: 1 });
    const all = facts({ override: 'shipped', running: 2, ended: [stale] });
    expect(agentStatus(all, nowMs)).toBe('shipped');
    expect(agentStatus({ ...all, override: null }, nowMs)).toBe('active');
    expect(agentStatus(facts({ ended: [stale] }), nowMs)).toBe('stale');
    expect(agentStatus(facts({ ended: [ended(1), stale] }), nowMs)).toBe('error');
    expect(agentStatus(facts({}), nowMs)).toBe('new');
    expect(agentStatus(facts({ ended: [ended(1)] }), nowMs)).toBe('idle');
    expect(agentStatus(facts({ running: 1 }), nowMs)).toBe('active');
  });

  test.each(['shipped', 'deprecated', 'archived'] as const)('%s overrides all (A2)', (override) => {
    expect(agentStatus(facts({ override, running: 1 }), nowMs)).toBe(override);
  });

  test('looks for errors among the last 10 ended of the past 24 hours (A2)', () => {
    const failed = { errorCount: 3 };
    const before = Array.from({ length: 10 }, () => ended(1));
    expect(agentStatus(facts({ ended: [...before.slice(1), ended(2, failed)] }), nowMs)).toBe(
      'error',
    );
    expect(agentStatus(facts({ ended: [...before, ended(2, failed)] }), nowMs)).toBe('idle');
    expect(agentStatus(facts({ ended: [ended(24, failed)] }), nowMs)).toBe('idle');
    expect(agentStatus(facts({ ended: [ended(23.9, failed)] }), nowMs)).toBe('error');
  });

  test('of any facts is what the rules give, read one after the other (A2)', () => {
    const sessions = fc.record({
      status: fc.constantFrom('done', 'stale'),
      errorCount: fc.constantFrom(0, 0, 0, 2),
      hoursAgo: fc.integer({ min: 0, max: 30 }),
    });
    const any = fc.record({
      override: fc.constantFrom(null, null, null, 'shipped', 'archived'),
      running: fc.constantFrom(0, 0, 1, 7),
      sessions: fc.array(sessions, { maxLength: 14 }),
    });
    fc.assert(
      fc.property(any, ({ override, running, sessions: some }) => {
        const newestFirst = some
          .toSorted((a, b) => a.hoursAgo - b.hoursAgo)
          .map(({ hoursAgo, ...rest }) => ended(hoursAgo, rest as Partial<EndedSession>));
        const found = agentStatus(
          { override: override as AgentFacts['override'], running, ended: newestFirst },
          nowMs,
        );
        const failedLately = newestFirst.filter(
          ({ errorCount, endedAtMs }, index) =>
            index < 10 && errorCount > 0 && nowMs - endedAtMs < 24 * hourMs,
        );
        const rules: [boolean, string][] = [
          [override !== null, String(override)],
          [running > 0, 'active'],
          [newestFirst[0]?.status === 'stale', 'stale'],
          [failedLately.length > 0, 'error'],
          [newestFirst.length === 0, 'new'],
          [true, 'idle'],
        ];
        expect(found).toBe(rules.find(([fits]) => fits)?.[1]);
      }),
    );
  });
});

/** The rule read aloud: each status with when it fits, in the order in which they are asked. */
function statusByTheRule({ override, running, ended }: AgentFacts): AgentStatus | undefined {
  const lastTen = ended.slice(0, 10);
  const isRecent = ({ endedAtMs }: EndedSession) => nowMs - endedAtMs < 24 * hourMs;
  const rows: [AgentStatus, boolean][] = [
    ['shipped', override === 'shipped'],
    ['deprecated', override === 'deprecated'],
    ['archived', override === 'archived'],
    ['active', running !== 0],
    ['stale', ended.length > 0 && ended[0]?.status === 'stale'],
    ['error', lastTen.filter(isRecent).filter((one) => one.errorCount !== 0).length > 0],
    ['new', ended.length === 0],
    ['idle', true],
  ];
  return rows.find(([, fits]) => fits)?.[0];
}

const someEnded = fc
  .array(
    fc.record({
      status: fc.constantFrom('done', 'done', 'stale'),
      errorCount: fc.constantFrom(0, 0, 0, 1, 7),
      endedAtMs: fc.oneof(
        fc.integer({ min: 0, max: 30 }).map((hours) => nowMs - hours * hourMs),
        fc.constantFrom(nowMs - 24 * hourMs + 1, nowMs - 24 * hourMs - 1),
      ),
    }),
    { maxLength: 14 },
  )
  .map((list) => list.toSorted((one, other) => other.endedAtMs - one.endedAtMs));

test('agentStatus() is the first that fits of whatever there is (A2)', () => {
  const seen = new Set<string>();
  const someFacts = fc.record({
    override: fc.constantFrom(null, null, null, null, 'shipped', 'deprecated', 'archived'),
    running: fc.constantFrom(0, 0, 0, 1, 5),
    ended: someEnded,
  });
  fc.assert(
    fc.property(someFacts, (some) => {
      const status = agentStatus(some, nowMs);
      seen.add(status);
      expect(status).toBe(statusByTheRule(some));
    }),
    { numRuns: 500 },
  );
  const others = ['active', 'stale', 'error', 'new', 'idle'];
  expect([...seen].toSorted()).toEqual(['archived', 'deprecated', 'shipped', ...others].toSorted());
});
