import { describe, expect, test } from 'vitest';
import { linkSession, maxTreeDepth } from './link-session.ts';

const id = '00000000-0000-7000-8000-000000000001';
const parentId = '00000000-0000-7000-8000-000000000002';
const rootId = '00000000-0000-7000-8000-000000000003';
const alone = { childCount: 0, height: 0 };

describe('linkSession()', () => {
  test('makes a session without a parent a root (S9)', () => {
    expect(linkSession(id, null, null, { childCount: 2, height: 1 })).toEqual({
      parentSessionId: null,
      rootSessionId: id,
      depth: 0,
      parentRefused: null,
      childCount: 2,
    });
  });

  test('hangs a child under its parent’s root (S9)', () => {
    const parent = { id: parentId, rootSessionId: rootId, depth: 4 };
    expect(linkSession(id, parentId, parent, alone)).toEqual({
      parentSessionId: parentId,
      rootSessionId: rootId,
      depth: 5,
      parentRefused: null,
      childCount: 0,
    });
  });

  test('takes an unknown parent as the root for now (S9)', () => {
    expect(linkSession(id, parentId, null, alone)).toEqual({
      parentSessionId: parentId,
      rootSessionId: parentId,
      depth: 1,
      parentRefused: null,
      childCount: 0,
    });
  });

  test.each([
    ['itself', id, null],
    ['a descendant', parentId, { id: parentId, rootSessionId: id, depth: 7 }],
  ])('leaves out a link to %s and says why (S9)', (_, named, parent) => {
    const link = linkSession(id, named, parent, alone);
    expect(link).toEqual({
      parentSessionId: null,
      rootSessionId: id,
      depth: 0,
      parentRefused: `parent ${named} is a descendant of ${id}: the link would close a loop`,
      childCount: 0,
    });
  });

  test(`links a chain of ${maxTreeDepth} and not one deeper (S9)`, () => {
    expect(at(maxTreeDepth - 1, 0).depth).toBe(maxTreeDepth);
    expect(at(maxTreeDepth - 11, 10).parentRefused).toBeNull();
    expect(at(maxTreeDepth, 0)).toMatchObject({
      parentSessionId: null,
      parentRefused: `the chain would be ${maxTreeDepth + 1} sessions deep: at most ${maxTreeDepth} are linked`,
    });
    expect(at(maxTreeDepth - 10, 10)).toMatchObject({ parentSessionId: null, childCount: 1 });
  });
});

/** The link of a session under a parent at `depth`, with `height` levels waiting below it. */
function at(depth: number, height: number) {
  const parent = { id: parentId, rootSessionId: rootId, depth };
  return linkSession(id, parentId, parent, { childCount: height > 0 ? 1 : 0, height });
}
