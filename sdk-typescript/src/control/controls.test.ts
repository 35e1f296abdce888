import { expect, test } from 'vitest';
import { Guard } from '../policy/guard.ts';
import { knownNanoUsd } from '../policy/tree-spending.ts';
import { MemoryOutlet } from '../testing/memory-outlet.ts';
import { Controls } from './controls.ts';

const key = { agentId: 'caller', environment: 'production', experimentId: null, variant: null };

test('what an ended session spent is on top of its tree until the server tells it, once (P10)', () => {
  const controls = new Controls(() => {});
  const tree = controls.trees.of('root');
  const source = new MemoryOutlet().policies;
  for (const sessionId of ['one', 'two']) {
    const guard = new Guard({ sessionId, tree, key, source, send: () => {} });
    controls.of(sessionId).guard = guard;
    guard.count({ cost_usd: 0.25 });
    controls.forget(sessionId);
  }
  const hear = (session_id: string, total_cost: number, tree_cost: number) => {
    controls.readAnswer({ control: [], sessions: [{ session_id, total_cost, tree_cost }] });
    return Number(knownNanoUsd(tree)) / 1e9;
  };
  expect(hear('one', 0.125, 1)).toBe(1.375);
  expect(hear('one', 0.25, 1.125)).toBe(1.375);
  expect(hear('two', 0.25, 1.375)).toBe(1.375);
  // Nothing of them is followed any more.
  expect(hear('two', 0, 0)).toBe(1.375);
});
