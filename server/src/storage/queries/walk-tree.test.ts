import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { beginWalk, sumsOfWalk, type WalkedNode } from './walk-tree.ts';

const node = (id: string, childCount: number, cost = 1n): WalkedNode => ({
  id,
  childCount,
  figures: {
    sessions: 1,
    running: 1,
    totalCostNanoUsd: cost,
    lateCostNanoUsd: 0n,
    totalTokens: 10,
    stepCount: 2,
    errorCount: 3,
    unpricedCount: 0,
  },
});

describe('sumsOfWalk()', () => {
  test('sums each subtree, whatever the order in which it was met (S9)', () => {
    const tree = beginWalk([
      node('leaf', 0, 8n),
      node('root', 2),
      node('inner', 1, 2n),
      node('other', 0, 4n),
    ]);
    tree.children.set('root', ['inner', 'other']).set('inner', ['leaf']);
    const sums = sumsOfWalk(tree);
    expect(sums.get('root')).toEqual({
      sessions: 4,
      running: 4,
      totalCostNanoUsd: 15n,
      lateCostNanoUsd: 0n,
      totalTokens: 40,
      stepCount: 8,
      errorCount: 12,
      unpricedCount: 0,
      truncated: false,
    });
    expect(sums.get('inner')).toMatchObject({ sessions: 2, totalCostNanoUsd: 10n });
    expect(sums.get('leaf')).toMatchObject({ sessions: 1, totalCostNanoUsd: 8n });
  });

  test('where children were not met, all above says that it is cut short (S9)', () => {
    const tree = beginWalk([node('root', 2), node('cut', 5), node('whole', 1), node('leaf', 0)]);
    tree.children.set('root', ['cut', 'whole']).set('whole', ['leaf']);
    const sums = sumsOfWalk(tree);
    const cut = ['root', 'cut', 'whole', 'leaf'].map((id) => sums.get(id)?.truncated);
    expect(cut).toEqual([true, true, false, false]);
  });

  test('a chain of the greatest depth does not exhaust the stack (S9)', () => {
    const ids = Array.from({ length: 20_000 }, (_, index) => `n${index}`);
    const tree = beginWalk(ids.map((id, index) => node(id, index + 1 < ids.length ? 1 : 0)));
    ids.slice(1).forEach((id, index) => tree.children.set(`n${index}`, [id]));
    expect(sumsOfWalk(tree).get('n0')?.sessions).toBe(20_000);
  });

  test('a root sums everything, in any tree', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 40 }), (picks) => {
        const parents = picks.map((pick, index) => pick % (index + 1));
        const counts = [0, ...picks].map(
          (_, index) => parents.filter((one) => one === index).length,
        );
        const tree = beginWalk(
          counts.map((count, index) => node(`n${index}`, count, BigInt(index))),
        );
        parents.forEach((parent, index) => {
          const siblings = tree.children.get(`n${parent}`) ?? [];
          tree.children.set(`n${parent}`, [...siblings, `n${index + 1}`]);
        });
        const total = counts.reduce((sum, _, index) => sum + BigInt(index), 0n);
        expect(sumsOfWalk(tree).get('n0')).toMatchObject({
          sessions: counts.length,
          totalCostNanoUsd: total,
          truncated: false,
        });
      }),
    );
  });
});
