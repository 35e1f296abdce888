import { errorRate } from '../error-rate.ts';

/** The orders of the list, with their words. */
export const agentSorts = [
  ['last_active', 'Last active'],
  ['name', 'Name'],
  ['cost', 'Cost'],
  ['error_rate', 'Error rate'],
  ['running', 'Running'],
  ['sessions', 'Sessions'],
  ['steps', 'Average steps'],
  ['duration', 'p95 duration'],
] as const;

export type AgentSort = (typeof agentSorts)[number][0];

/** What the orders look at. */
export interface SortedAgent {
  readonly id: string;
  readonly name: string;
  readonly running: number;
  readonly sessions: number;
  readonly with_errors: number;
  readonly cost: number;
  readonly steps_average: number | null;
  readonly duration_p95_ms: number | null;
  readonly last_active_at: string | null;
}

/** Whether a text names an order. */
export function isAgentSort(text: string | undefined): text is AgentSort {
  return agentSorts.some(([sort]) => sort === text);
}

/** The agents in an order: greatest first, names from A; who has no such figure comes last. */
export function sortAgents<A extends SortedAgent>(agents: readonly A[], sort: AgentSort): A[] {
  const byName = (one: A, other: A) => compareNames(one, other);
  if (sort === 'name') return agents.toSorted(byName);
  const figure = figures[sort];
  return agents.toSorted((one, other) => {
    const difference = (figure(other) ?? -1) - (figure(one) ?? -1);
    return difference || byName(one, other);
  });
}

const figures: Readonly<Record<Exclude<AgentSort, 'name'>, (agent: SortedAgent) => number | null>> =
  {
    last_active: ({ last_active_at: at }) => (at === null ? null : Date.parse(at)),
    cost: ({ cost }) => cost,
    error_rate: errorRate,
    running: ({ running }) => running,
    sessions: ({ sessions }) => sessions,
    steps: ({ steps_average: steps }) => steps,
    duration: ({ duration_p95_ms: ms }) => ms,
  };

const order = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function compareNames(one: SortedAgent, other: SortedAgent): number {
  return order.compare(one.name, other.name) || order.compare(one.id, other.id);
}
