import { expect, test } from 'vitest';
import { listSpec } from './list-spec.ts';

const now = Date.parse('2026-11-22T12:00:00.000Z');

test('listSpec() names the same list whatever session is open', () => {
  const closed = listSpec({ q: 'x', agent: 'a' }, now);
  expect(listSpec({ agent: 'a', q: 'x', session: 's', tab: 'cost', event: 'e' }, now + 1).key).toBe(
    closed.key,
  );
  expect(listSpec({ q: 'x', agent: 'b' }, now).key).not.toBe(closed.key);
});

test('listSpec() counts the same figures in any order of the list', () => {
  const plain = listSpec({}, now);
  const byCost = listSpec({ sort: '-cost' }, now);
  expect(byCost.figuresKey).toBe(plain.figuresKey);
  expect(byCost.key).not.toBe(plain.key);
  expect(byCost.query['sort']).toBe('-cost');
});

test('listSpec() ends the figures of a relative range now and leaves the list open', () => {
  const spec = listSpec({ range: '24h' }, now);
  expect(spec.figuresQuery['to']).toBe('2026-11-22T12:00:00.000Z');
  expect(spec.query['to']).toBeUndefined();
});
