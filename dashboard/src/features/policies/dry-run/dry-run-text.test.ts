import { expect, test } from 'vitest';
import { plainText } from '../../../lib/policy-words/phrase.ts';
import type { DryRunResult } from '@niitaka/protocol/policy-dry-run.ts';
import { dryRunNotes, dryRunText, foundText } from './dry-run-text.ts';

const result: DryRunResult = {
  sessions: 1_204,
  warned: 3,
  aborted: 12,
  passed_at_end: 0,
  retried: 0,
  fallback: 0,
  cost_saved: 4.2,
  goal_completed_among_aborted: 0,
  unpriced: 0,
  items_total: 0,
  items: [],
};
const nothing = { ...result, warned: 0, aborted: 0, cost_saved: 0 };

const told = (change: Partial<DryRunResult>, days = 7) =>
  plainText(dryRunText({ ...nothing, ...change }, days));

test('dryRunText() says what would have happened, and what it saves (P9)', () => {
  expect(told({ aborted: 12, warned: 3, cost_saved: 4.2 })).toBe(
    'It would have stopped 12 and warned of 3 of 1,204 sessions in 7 d, and saved $4.20',
  );
  expect(told({ warned: 1 }, 1)).toBe('It would have warned of 1 of 1,204 sessions in 24 h');
  expect(told({ retried: 5 })).toBe('It would have repeated calls of 5 of 1,204 sessions in 7 d');
  expect(told({ fallback: 5 })).toBe(
    'It would have changed the model of 5 of 1,204 sessions in 7 d',
  );
  expect(told({})).toBe('It would have done nothing in any of 1,204 sessions in 7 d');
  expect(told({ sessions: 0 }, 30)).toBe('No session in 30 d to replay');
});

test('dryRunNotes() tells goals that were met, limits passed too late, and calls without a price (P2, P9)', () => {
  const notes = (change: Partial<DryRunResult>) => dryRunNotes({ ...result, ...change });
  expect(notes({})).toEqual([]);
  expect(notes({ goal_completed_among_aborted: 2, passed_at_end: 1, unpriced: 4 })).toEqual([
    '2 of the 12 it would have stopped met their goal.',
    '1 session passed the limit with the last step: too late to stop.',
    '4 sessions had calls without a price, which a cost limit does not see.',
  ]);
  expect(notes({ goal_completed_among_aborted: 12 })).toEqual([
    'All 12 it would have stopped met their goal.',
  ]);
  expect(notes({ aborted: 1, goal_completed_among_aborted: 1 })).toEqual([
    'The one it would have stopped met its goal.',
  ]);
});

test('foundText() sets what was found against the limit, with its sign (P2)', () => {
  expect(foundText({ found: 0.52, threshold: 0.5 }, true)).toBe('$0.5200 > $0.5000');
  expect(foundText({ found: 1.0004, threshold: 1 }, true)).toBe('$1.0004 > $1.00');
  expect(foundText({ found: 40, threshold: 40 }, false)).toBe('40 ≥ 40 steps');
  expect(foundText({ found: null, threshold: null }, false)).toBe('');
});
