import { expect, test } from 'vitest';
import { createRootPublisher, rootPublishIntervalMs } from './root-publisher.ts';

const interval = rootPublishIntervalMs;

test('admit() lets a root through at most once a second (S9)', () => {
  const roots = createRootPublisher();
  expect(roots.admit('org', 'root', 0)).toBe(true);
  expect(roots.admit('org', 'root', interval - 1)).toBe(false);
  expect(roots.admit('org', 'root', interval)).toBe(true);
  expect(roots.admit('org', 'root', interval + 1)).toBe(false);
});

test('admit() knows roots of two organisations apart (O1)', () => {
  const roots = createRootPublisher();
  expect(roots.admit('a', 'root', 0)).toBe(true);
  expect(roots.admit('b', 'root', 0)).toBe(true);
});

test('takeDue() gives each held back root once its second is over: no change is lost (S9)', () => {
  const roots = createRootPublisher();
  roots.admit('org', 'root', 0);
  roots.admit('org', 'root', 10);
  roots.admit('org', 'root', 20);
  expect(roots.takeDue(interval - 1, 10)).toEqual([]);
  expect(roots.takeDue(interval, 10)).toEqual([{ orgId: 'org', rootId: 'root' }]);
  expect(roots.takeDue(interval * 5, 10)).toEqual([]);
  expect(roots.admit('org', 'root', interval + 1)).toBe(false);
});

test('takeDue() gives no root that was let through meanwhile', () => {
  const roots = createRootPublisher();
  roots.admit('org', 'root', 0);
  roots.admit('org', 'root', 10);
  expect(roots.admit('org', 'root', interval)).toBe(true);
  expect(roots.takeDue(interval * 3, 10)).toEqual([]);
});

test('takeDue() takes no more than asked for and leaves the rest', () => {
  const roots = createRootPublisher();
  for (let index = 0; index < 5; index += 1) {
    roots.admit('org', `root ${index}`, 0);
    roots.admit('org', `root ${index}`, 1);
  }
  expect(roots.takeDue(interval, 3)).toHaveLength(3);
  expect(roots.takeDue(interval, 3)).toHaveLength(2);
});
