import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linkSession } from './link-session.ts';
import type { SessionLink } from './session.ts';

const size = 12;

/** Which parent each session names, itself and one that never comes included, and in which order they arrive. */
const arrivals = fc.record({
  parents: fc.array(fc.option(fc.nat(size), { nil: null }), { minLength: size, maxLength: size }),
  order: fc.shuffledSubarray([...Array(size).keys()], { minLength: size }),
});

type Forest = Map<string, SessionLink>;

/** The sessions above one that have arrived, the nearest first; fails when they go round. */
function above(forest: Forest, id: string): string[] {
  const chain: string[] = [];
  for (let at = forest.get(id)?.parentSessionId ?? null; at !== null;) {
    if (chain.includes(at)) throw new Error(`${id} is above itself: ${chain.join(' ')} ${at}`);
    chain.push(at);
    at = forest.get(at)?.parentSessionId ?? null;
  }
  return chain;
}

/** Links one that arrives, and moves what waited below it under its root, as the server does. */
function arrive(forest: Forest, id: string, parentId: string | null): void {
  const below = [...forest].filter(([one]) => above(forest, one).includes(id));
  const waiting = {
    childCount: below.filter(([, link]) => link.parentSessionId === id).length,
    height: Math.max(0, ...below.map(([, link]) => link.depth)),
  };
  const known = parentId === null ? undefined : forest.get(parentId);
  const parent =
    known === undefined || parentId === null
      ? null
      : { id: parentId, rootSessionId: known.rootSessionId, depth: known.depth };
  const link = linkSession(id, parentId, parent, waiting);
  const loops = parentId === id || below.some(([one]) => one === parentId);
  expect(link.parentRefused === null).toBe(!loops);
  if (loops) expect(link.parentRefused).toContain('would close a loop');
  forest.set(id, link);
  for (const [one, old] of below) {
    const moved = { rootSessionId: link.rootSessionId, depth: old.depth + link.depth };
    forest.set(one, { ...old, ...moved });
  }
  if (known !== undefined && parentId !== null && link.parentSessionId === parentId) {
    forest.set(parentId, { ...known, childCount: known.childCount + 1 });
  }
}

test('linkSession() makes a forest of whatever arrives, in any order: only loops are refused (S9)', () => {
  fc.assert(
    fc.property(arrivals, ({ parents, order }) => {
      const forest: Forest = new Map();
      for (const number of order) {
        const parent = parents[number] ?? null;
        arrive(forest, `s${number}`, parent === null ? null : `s${parent}`);
      }
      for (const [id, link] of forest) {
        const chain = above(forest, id);
        expect([link.depth, link.rootSessionId]).toEqual([chain.length, chain.at(-1) ?? id]);
        const children = [...forest.values()].filter(
          ({ parentSessionId }) => parentSessionId === id,
        );
        expect(link.childCount).toBe(children.length);
      }
    }),
    { numRuns: 150 },
  );
});
