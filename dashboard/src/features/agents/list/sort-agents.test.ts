import { expect, test } from 'vitest';
import { sortAgents, type AgentSort, type SortedAgent } from './sort-agents.ts';

const agents = [
  agent('b', { running: 1, sessions: 10, with_errors: 1, cost: 2, steps_average: 3 }),
  agent('A', { sessions: 100, with_errors: 5, cost: 2, duration_p95_ms: 900 }),
  agent('new', { last_active_at: null }),
  agent('b2', { last_active_at: '2026-11-21T10:00:00.000Z', sessions: 1 }),
];

const order = (sort: AgentSort) => sortAgents(agents, sort).map(({ name }) => name);

test('sortAgents() puts the greatest figure first, equal ones by name', () => {
  expect(order('last_active')).toEqual(['b2', 'A', 'b', 'new']);
  expect(order('name')).toEqual(['A', 'b', 'b2', 'new']);
  expect(order('cost')).toEqual(['A', 'b', 'b2', 'new']);
  expect(order('sessions')).toEqual(['A', 'b', 'b2', 'new']);
  expect(order('running')).toEqual(['b', 'A', 'b2', 'new']);
});

test('sortAgents() puts who has no such figure last', () => {
  expect(order('error_rate')).toEqual(['b', 'A', 'b2', 'new']);
  expect(order('steps')).toEqual(['b', 'A', 'b2', 'new']);
  expect(order('duration')).toEqual(['A', 'b', 'b2', 'new']);
});

function agent(name: string, more: Partial<SortedAgent>): SortedAgent {
  return {
    id: name.toLowerCase(),
    name,
    running: 0,
    sessions: 0,
    with_errors: 0,
    cost: 0,
    steps_average: null,
    duration_p95_ms: null,
    last_active_at: '2026-11-20T10:00:00.000Z',
    ...more,
  };
}
