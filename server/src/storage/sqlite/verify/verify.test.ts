import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore, type TestStore } from '../../../testing/open-store.ts';
import {
  close,
  end,
  error,
  llm,
  noonMs,
  numbered,
  senderId,
  sessionId,
  signal,
  start,
  tool,
  trace,
} from '../../../testing/records.ts';
import { maxToldDifferences, verify, verifyFile } from './verify.ts';

let store: TestStore;
beforeEach(async () => {
  store = openStore(noonMs + 20_000);
  const computed = {
    data: { provider: 'openai', model: 'gpt-4o-mini', input_tokens: 1_000, output_tokens: 200 },
  };
  await store.ingest([
    start(1, { agent_id: 'a', goal: 'find me', tags: { k: 'v' } }),
    start(2, { parent_session_id: sessionId(1) }),
    llm(1, 1, numbered(1, 1)),
    llm(1, 2, { ...numbered(1, 2), ...computed }),
    error(1, 3, numbered(1, 3)),
    tool(2, 4),
    signal(1, 1),
    trace(1, 1),
    close(1, 2, 1, { dropped: { queue_full: 1 } }),
    end(1, 10_000, { sender: senderId(1), last_seq: 3 }),
  ]);
});
afterEach(() => store.close());

describe('verify()', () => {
  test('finds nothing wrong in a sound database, and says how much it looked at', () => {
    expect(store.verify()).toEqual({
      sessions: 2,
      events: 4,
      differenceCount: 0,
      differences: [],
    });
    expect(verifyFile(store.path)).toEqual(store.verify());
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
    ['sessions in themselves', 'score', 'UPDATE sessions SET score = 0.5'],
    ['children', 'child_count', 'UPDATE sessions SET child_count = 3'],
    ['place in the tree', 'depth', 'UPDATE sessions SET depth = 3'],
    ['place in the tree', 'root_session_id', 'UPDATE sessions SET root_session_id = id'],
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
    ['search', 'indexed', `INSERT INTO goal_search (goal_search) VALUES ('delete-all')`],
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
  ])('%s: tells of %s after %s', (check, field, change) => {
    store.db.exec(change);
    const { differences, differenceCount } = store.verify();
    expect(differenceCount).toBeGreaterThan(0);
    expect(differences.map((one) => [one.check, one.field])).toContainEqual([check, field]);
  });

  test('says which row, what is stored and what was recomputed', () => {
    store.db.exec('UPDATE agents SET session_count = 7');
    expect(store.verify().differences).toEqual([
      {
        check: 'agents',
        subject: '000000000000700080000000000000ff a',
        field: 'session_count',
        stored: '7',
        recomputed: '1',
      },
    ]);
  });

  test(`tells of ${maxToldDifferences} differences at most, and counts all`, async () => {
    await store.ingest(Array.from({ length: 150 }, (_, index) => start(100 + index)));
    store.db.exec('UPDATE sessions SET event_count = 99');
    const found = verify(store.db);
    expect(found.differenceCount).toBe(152);
    expect(found.differences).toHaveLength(maxToldDifferences);
  });

  test('verifyFile() refuses a file that a newer program has written', () => {
    store.db.pragma('user_version = 99');
    expect(() => verifyFile(store.path)).toThrow('it has schema version 99, this program knows');
  });
});
