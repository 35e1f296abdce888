import { expect, test } from 'vitest';
import { rangeOf } from '../../../lib/url/range.ts';
import { rowFixture } from '../row-fixture.ts';
import { apiQueryOf } from './api-query.ts';
import { boundsText, parseBounds } from './bounds.ts';
import { chipsOf } from './filter-chips.ts';
import { matchRow } from './match-row.ts';
import { filtersOf, isFiltered, sortOf, withoutFilters } from './session-filters.ts';

const now = Date.parse('2026-11-22T12:00:00.000Z');
const week = rangeOf({}, now);

test.each([
  ['0.2..0.8', { min: 0.2, max: 0.8 }],
  ['5..', { min: 5, max: null }],
  ['..10', { min: null, max: 10 }],
])('parseBounds() reads %s and boundsText() writes it back', (text, bounds) => {
  expect(parseBounds(text)).toEqual(bounds);
  expect(boundsText(bounds)).toBe(text);
});

test.each([undefined, '', '..', '1', '1..x', '-1..2'])('parseBounds() refuses %s', (text) => {
  expect(parseBounds(text)).toBeNull();
});

test('filtersOf() defaults to production and understands all (S10)', () => {
  expect(filtersOf({}).environment).toBe('production');
  expect(filtersOf({ env: 'all' }).environment).toBeNull();
  expect(filtersOf({ env: 'staging' }).environment).toBe('staging');
});

test('apiQueryOf() names each filter as the API does and leaves the rest out', () => {
  const search = {
    status: 'running,stale,lost',
    agent: 'a,b',
    errors: 'yes',
    goal: 'missed',
    score: '..0.5',
    cost: '0.01..2',
    duration: '1000..',
    tag: 'team:x',
    incomplete: 'yes',
  };
  const query = apiQueryOf(filtersOf(search), rangeOf({ range: '24h' }, now));
  expect(
    Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)),
  ).toEqual({
    from: '2026-11-21T12:00:00.000Z',
    environment: 'production',
    status: 'running,stale',
    agent_id: 'a,b',
    has_errors: true,
    goal_completed: false,
    max_score: 0.5,
    min_cost: 0.01,
    max_cost: 2,
    min_duration_ms: 1000,
    tag: 'team:x',
    incomplete: true,
  });
});

test('sortOf() takes the known orders only', () => {
  expect(sortOf({ sort: '-cost' })).toBe('-cost');
  expect(sortOf({ sort: 'goal' })).toBe('-started_at');
});

test('chipsOf() says what is on in words', () => {
  const search = { agent: 'a,b', goal: 'met', cost: '0.01..2', duration: '60000..', tag: 'k:v' };
  expect(chipsOf(search).map((chip) => chip.text)).toEqual([
    'Agent: 2',
    'Goal met',
    'Cost $0.0100 – $2.00',
    'Duration ≥ 1 m 00 s',
    'Tag k:v',
  ]);
  expect(chipsOf({ agent: 'planner', score: '..0.5' }).map((chip) => chip.text)).toEqual([
    'Agent: planner',
    'Score ≤ 0.5',
  ]);
});

test('withoutFilters() keeps range, environment and order', () => {
  const search = { env: 'staging', range: '24h', sort: '-cost', q: 'x', agent: 'a' };
  expect(isFiltered(search)).toBe(true);
  expect(isFiltered(withoutFilters(search))).toBe(false);
  expect(withoutFilters(search)).toMatchObject({ env: 'staging', range: '24h', sort: '-cost' });
});

test.each([
  [{}, {}, 'yes'],
  [{}, { environment: 'staging' }, 'no'],
  [{}, { started_at: '2026-11-01T00:00:00.000Z' }, 'no'],
  [{ status: 'running' }, {}, 'no'],
  [{ agent: 'support-router' }, {}, 'yes'],
  [{ agent: 'planner' }, { agent_id: null }, 'no'],
  [{ errors: 'yes' }, { error_count: 2 }, 'yes'],
  [{ errors: 'no' }, { error_count: 2 }, 'no'],
  [{ goal: 'missed' }, {}, 'no'],
  [{ goal: 'missed' }, { metrics: { goal_completed: false } }, 'yes'],
  [{ score: '0.5..' }, { metrics: { score: 0.4 } }, 'no'],
  [{ cost: '..0.02' }, {}, 'yes'],
  [{ duration: '..20000' }, { duration_ms: null }, 'no'],
  [{ tag: 'team:a:b' }, { tags: { team: 'a:b' } }, 'yes'],
  [{ incomplete: 'yes' }, {}, 'no'],
  [{ quiet: 'yes' }, { quiet: true }, 'yes'],
  [{ q: 'ticket' }, {}, 'unknown'],
  [{ q: 'ticket', errors: 'yes' }, {}, 'no'],
] as const)('matchRow() with %j and %j is %s', (search, fields, match) => {
  expect(matchRow(rowFixture(fields), filtersOf(search), week)).toBe(match);
});
