import { expect, test } from 'vitest';
import { isUnread } from './is-unread.ts';

const until = '2026-11-20T10:00:00.000Z';

test('isUnread() holds of what occurred after the mark of the person (G2)', () => {
  const read = { unread: 1, read_until: until };
  expect(isUnread({ occurred_at: '2026-11-20T10:00:00.001Z' }, read)).toBe(true);
  expect(isUnread({ occurred_at: until }, read)).toBe(false);
});

test('isUnread() holds of nothing for a key', () => {
  expect(isUnread({ occurred_at: until }, { unread: null, read_until: null })).toBe(false);
});
