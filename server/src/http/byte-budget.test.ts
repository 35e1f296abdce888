import { expect, test } from 'vitest';
import { openByteBudget, type Holder } from './byte-budget.ts';

const of = (orgId: string, senderId: string): Holder => ({ orgId, senderId });

/** Takes single bytes until it is refused; answers how many it got. */
function fill(budget: ReturnType<typeof openByteBudget>, holder: Holder): number {
  let got = 0;
  while (budget.take(holder, 1) === 'taken') got += 1;
  return got;
}

test('one alone takes three eighths, and is told that it is its own share', () => {
  const budget = openByteBudget(800);
  expect(fill(budget, of('a', '1'))).toBe(300);
  expect(budget.take(of('a', '1'), 1)).toBe('over_share');
  expect(budget.used).toBe(300);
});

test('another sender of the same organisation finds room beside it, and so does another one', () => {
  const budget = openByteBudget(800);
  fill(budget, of('a', '1'));
  expect(fill(budget, of('a', '2'))).toBe(150);
  expect(fill(budget, of('b', '1'))).toBeGreaterThanOrEqual(75);
});

test('whoever comes new finds room, however many have filled their share', () => {
  const organisations = openByteBudget(100_000);
  const senders = openByteBudget(100_000);
  for (let number = 0; number < 8; number += 1) {
    expect(fill(organisations, of(`org ${number}`, 'key'))).toBeGreaterThan(0);
    expect(fill(senders, of('a', `key ${number}`))).toBeGreaterThan(0);
  }
  expect(organisations.take(of('new', 'key'), 1)).toBe('taken');
  expect(senders.take(of('a', 'new'), 1)).toBe('taken');
});

test('an organisation that has more than its share waits, with all its senders, until it has less', () => {
  const budget = openByteBudget(800);
  for (let number = 0; number < 50; number += 1) fill(budget, of('a', `key ${number}`));
  fill(budget, of('b', '1'));
  expect(budget.take(of('a', 'new'), 1)).toBe('over_share');
});

test('an organisation with many keys leaves a quarter to others', () => {
  const budget = openByteBudget(800);
  for (let number = 0; number < 50; number += 1) fill(budget, of('a', `key ${number}`));
  expect(budget.used).toBeLessThanOrEqual(600);
  expect(fill(budget, of('b', 'key'))).toBeGreaterThanOrEqual(75);
});

test('what is given back is there again, and nothing is remembered of its holder', () => {
  const budget = openByteBudget(800);
  const holder = of('a', '1');
  for (let round = 0; round < 3; round += 1) {
    expect(budget.take(holder, 300)).toBe('taken');
    expect(budget.take(holder, 1)).toBe('over_share');
    budget.give(holder, 300);
    expect(budget.used).toBe(0);
  }
});

test('more than there is at all is full, whoever asks', () => {
  expect(openByteBudget(100).take(of('a', '1'), 101)).toBe('full');
});
