import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  close,
  end,
  error,
  llm,
  metrics,
  noonMs,
  numbered,
  senderId,
  sessionId,
  signal,
  start,
  tool,
  trace,
} from '../../testing/records.ts';
import { fillRollupSteps } from '../migrations/0006-agent-versions.ts';
import { maxToldDifferences, type Verification } from '../verify/verification.ts';

/** A store whose rows a test may spoil. */
export interface SpoiledStore {
  ingest(records: readonly object[]): Promise<unknown>;
  /** What verifying finds once the statement has run; it is undone afterwards. */
  verifyAfter(change: string): Promise<Verification>;
  close(): Promise<void>;
}

/** What verifying finds, on every engine; `spoilSearch` takes every goal out of the index. */
export function verificationContract(
  open: (nowMs: number) => Promise<SpoiledStore>,
  spoilSearch: string,
): void {
  let store: SpoiledStore;
  const untouched = 'DELETE FROM sessions WHERE false';
  beforeAll(async () => {
    store = await open(noonMs + 20_000);
    await store.ingest(records);
  });
  afterAll(() => store.close());

  test('verify() finds nothing wrong in a sound database, and says how much it looked at', async () => {
    expect(await store.verifyAfter(untouched)).toEqual({
      sessions: 2,
      events: 4,
      differenceCount: 0,
      differences: [],
    });
  });

  test('the step that added steps to roll-ups fills them from the sessions (S12)', async () => {
    const tables = ['rollup_hours', 'rollup_agent_days'];
    const empty = tables.map((name) => `UPDATE ${name} SET step_count = 0`).join(';');
    const found = await store.verifyAfter(empty);
    expect(new Set(found.differences.map(({ field }) => field))).toEqual(new Set(['step_count']));
    const filled = await store.verifyAfter(`${empty}; ${fillRollupSteps}`);
    expect(filled.differences).toEqual([]);
  });

  test.each<[string, string, string]>([
    ['sessions from events', 'total_cost', 'UPDATE sessions SET total_cost = total_cost + 1'],
    ['sessions from events', 'step_count', 'UPDATE sessions SET step_count = 9'],
    ['sessions from events', 'error_count', 'UPDATE sessions SET error_count = 0'],
    ['sessions from events', 'event_count', 'DELETE FROM events WHERE position = 1'],
    ['events after the end', 'after_end', 'UPDATE events SET after_end = 1'],
    ['newest event', 'time_lags', 'UPDATE sessions SET last_event_at = 0'],
    ['newest event', 'position_lags', 'UPDATE sessions SET position = 0'],
    ['signals and traces of sessions', 'signal_count', 'DELETE FROM signals'],
    ['signals and traces of sessions', 'trace_count', 'DELETE FROM decision_traces'],
    ['sessions in themselves', 'incomplete', 'UPDATE sessions SET incomplete = 1 - incomplete'],
    ['sessions in themselves', 'lies', `UPDATE sessions SET status = 'running'`],
    ['known metrics', 'score', 'UPDATE sessions SET score = 0.5'],
    ['children', 'child_count', 'UPDATE sessions SET child_count = 3'],
    ['place in the tree', 'depth', 'UPDATE sessions SET depth = 3'],
    ['place in the tree', 'other_root', 'UPDATE sessions SET root_session_id = id'],
    ['trees', 'total_cost', 'UPDATE tree_totals SET total_cost = 0'],
    ['trees', 'sessions', 'DELETE FROM tree_totals'],
    ['roll-up by hour', 'sessions', 'DELETE FROM rollup_hours'],
    ['roll-up by hour', 'late_cost', 'UPDATE rollup_hours SET late_cost = 1'],
    ['roll-up by agent and day', 'total_tokens', 'UPDATE rollup_agent_days SET total_tokens = 1'],
    ['spent by day', 'step_count', 'UPDATE day_totals SET step_count = 0'],
    ['agents', 'session_count', 'UPDATE agents SET session_count = 7'],
    ['tags', 'tags', 'DELETE FROM session_tags'],
    ['live feed', 'changes', 'DELETE FROM changes'],
    ['live feed', 'changes', 'UPDATE organisations SET revision = 0'],
    ['search', 'indexed', spoilSearch],
    [
      'rows of sessions that are gone',
      'orphans',
      'DELETE FROM sessions WHERE parent_session_id IS NOT NULL',
    ],
    ['delivery from senders', 'missing', 'UPDATE sessions SET missing = 5'],
    ['delivery from senders', 'dropped_by', 'UPDATE sessions SET dropped_by = NULL'],
    ['delivery from senders', 'open_senders', 'UPDATE senders SET closed_last_seq = NULL'],
    ['stored numbers are received', 'missed', `UPDATE senders SET received_ranges = '[[1,1]]'`],
    ['cost of calls', 'cost', `UPDATE events SET cost = 1 WHERE cost_source = 'computed'`],
    ['cost of calls', 'of_classes', `UPDATE events SET cost_classes = '{"input":"7"}'`],
    ['cost of calls', 'cost', `UPDATE prices_used SET price = '{"input":"9","output":"9"}'`],
    ['goal words', 'words', `UPDATE sessions SET goal_words = 'else' WHERE goal IS NOT NULL`],
  ])('verify() %s: tells of %s after %s', async (check, field, change) => {
    const { differences, differenceCount } = await store.verifyAfter(change);
    expect(differenceCount).toBeGreaterThan(0);
    expect(differences.map((one) => [one.check, one.field])).toContainEqual([check, field]);
  });

  test('verify() says which row, what is stored and what was recomputed', async () => {
    const { differences } = await store.verifyAfter('UPDATE agents SET session_count = 7');
    expect(differences).toEqual([
      {
        check: 'agents',
        subject: '000000000000700080000000000000ff a',
        field: 'session_count',
        stored: '7',
        recomputed: '1',
      },
    ]);
  });

  test(`verify() tells of ${maxToldDifferences} differences at most, and counts all`, async () => {
    await store.ingest(Array.from({ length: 150 }, (_, index) => start(100 + index)));
    const found = await store.verifyAfter('UPDATE sessions SET event_count = 99');
    expect(found.differenceCount).toBe(152);
    expect(found.differences).toHaveLength(maxToldDifferences);
  });
}

const computed = {
  data: { provider: 'openai', model: 'gpt-4o-mini', input_tokens: 1_000, output_tokens: 200 },
};

/** Some of everything that is recomputed; tags and goals with what engines keep in different words. */
const records = [
  start(1, {
    agent_id: 'a',
    goal: 'find me now, thoroughly',
    tags: { k: 'v', 'n\0': 'a\\\0\ud800z' },
  }),
  start(2, { parent_session_id: sessionId(1) }),
  llm(1, 1, numbered(1, 1)),
  llm(1, 2, { ...numbered(1, 2), ...computed }),
  error(1, 3, numbered(1, 3)),
  tool(2, 4),
  signal(1, 1),
  trace(1, 1),
  metrics(1, { score: 0.25, goal_completed: true, own: 3 }),
  close(1, 2, 1, { dropped: { queue_full: 1 } }),
  end(1, 10_000, { sender: senderId(1), last_seq: 3 }),
];
