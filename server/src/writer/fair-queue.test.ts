import { expect, test } from 'vitest';
import { openFairQueue } from './fair-queue.ts';

function filled(items: readonly string[]) {
  const queue = openFairQueue<string>();
  for (const item of items) {
    const [orgId = '', senderId = ''] = item.split('.');
    queue.add({ orgId, senderId }, item);
  }
  return queue;
}

function drained(items: readonly string[]): string[] {
  const queue = filled(items);
  const taken: string[] = [];
  for (let item = queue.take(); item !== undefined; item = queue.take()) taken.push(item);
  return taken;
}

test('openFairQueue() keeps the order of one sender', () => {
  expect(drained(['a.1.x', 'a.1.y', 'a.1.z'])).toEqual(['a.1.x', 'a.1.y', 'a.1.z']);
  expect(filled([]).peek()).toBeUndefined();
  expect(filled([]).take()).toBeUndefined();
});

test('one item of a quiet sender waits for one of a noisy one, whatever its backlog', () => {
  const noisy = Array.from({ length: 1_000 }, (_, index) => `a.noisy.${index}`);
  const taken = drained([...noisy, 'a.quiet.0', 'a.quiet.1']);
  expect(taken.slice(0, 5)).toEqual([
    'a.noisy.0',
    'a.quiet.0',
    'a.noisy.1',
    'a.quiet.1',
    'a.noisy.2',
  ]);
  expect(taken).toHaveLength(1_002);
});

test('an organisation with many senders has no more turns than one with a single sender', () => {
  const many = Array.from({ length: 50 }, (_, index) => `a.${index}.x`);
  const taken = drained([...many, 'b.1.x', 'b.1.y', 'c.1.x']);
  expect(taken.slice(0, 6)).toEqual(['a.0.x', 'b.1.x', 'c.1.x', 'a.1.x', 'b.1.y', 'a.2.x']);
});

test('peek() tells what take() takes, also after more came', () => {
  const queue = filled(['a.1.x', 'b.1.x']);
  expect(queue.peek()).toBe('a.1.x');
  queue.add({ orgId: 'c', senderId: '1' }, 'c.1.x');
  expect([queue.take(), queue.peek(), queue.take(), queue.take(), queue.peek()]).toEqual([
    'a.1.x',
    'b.1.x',
    'b.1.x',
    'c.1.x',
    undefined,
  ]);
});

test('takeSingles() takes what stands alone while somebody has a backlog, organisations in turns', () => {
  const queue = filled(['a.1.x', 'a.2.x', 'a.2.y', 'a.3.x', 'b.1.x', 'b.2.cmd', 'a.4.x']);
  const wanted = (item: string) => !item.endsWith('cmd');
  const singles = queue.takeSingles(wanted);
  expect([singles.next().value, singles.next().value]).toEqual(['a.1.x', 'b.1.x']);
  singles.return();
  expect([...queue.takeSingles(wanted)]).toEqual(['a.3.x', 'a.4.x']);
  expect([...queue.takeSingles(wanted)]).toEqual([]);
  expect([queue.take(), queue.take(), queue.take(), queue.take()]).toEqual([
    'a.2.x',
    'b.2.cmd',
    'a.2.y',
    undefined,
  ]);
});

test('takeSingles() takes nothing where nobody has a backlog, or has one no more', () => {
  const queue = filled(['a.1.x', 'a.1.y', 'b.1.x']);
  expect(queue.take()).toBe('a.1.x');
  expect([...queue.takeSingles(() => true)]).toEqual([]);
  queue.add({ orgId: 'a', senderId: '1' }, 'a.1.z');
  expect([...queue.takeSingles(() => true)]).toEqual(['b.1.x']);
});
