import { expect, test } from 'vitest';
import { agentFiltersOf, agentsWithWords, countStatuses } from './agent-filters.ts';

const agents = [
  { id: 'support-router', name: 'Support router', description: 'Sends tickets on', status: 'idle' },
  { id: 'mail-sorter', name: 'mail-sorter', description: null, status: 'error' },
  { id: 'planner', name: 'Planner', description: 'Plans support shifts', status: 'idle' },
] as const;

test('agentFiltersOf() reads a URL; what it cannot be counts as absent', () => {
  expect(agentFiltersOf({})).toEqual({ q: '', status: null, sort: 'last_active', archived: false });
  const search = { q: 'mail', status: 'error', sort: 'cost', archived: 'yes' };
  expect(agentFiltersOf(search)).toEqual({ ...search, archived: true });
  expect(agentFiltersOf({ status: 'gone', sort: 'luck', archived: '1' })).toEqual(
    agentFiltersOf({}),
  );
});

test('agentFiltersOf() shows archived agents to who asks for them alone (A2)', () => {
  expect(agentFiltersOf({ status: 'archived' }).archived).toBe(true);
});

test('agentsWithWords() finds every word in id, name or description', () => {
  const ids = (q: string) => agentsWithWords(agents, q).map(({ id }) => id);
  expect(ids('  SUPPORT ')).toEqual(['support-router', 'planner']);
  expect(ids('support tickets')).toEqual(['support-router']);
  expect(ids('')).toHaveLength(3);
  expect(ids('nobody')).toEqual([]);
});

test('countStatuses() counts in the order of the statuses (A2)', () => {
  expect(countStatuses(agents)).toEqual([
    ['error', 1],
    ['idle', 2],
  ]);
});
