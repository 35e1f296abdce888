import { assert, nat, option, property, record, string } from 'fast-check';
import { expect, test } from 'vitest';
import { formatLiveId, parseLiveId } from './live-id.ts';

const minuteMs = 60_000;

test('formatLiveId() and parseLiveId() are each other undone', () => {
  const ids = record({ revision: nat(), position: option(nat()), minute: nat(100_000_000) });
  assert(
    property(ids, ({ revision, position, minute }) => {
      const id = { revision, position, sentAtMs: minute * minuteMs };
      expect(parseLiveId(formatLiveId(id))).toEqual(id);
    }),
  );
});

test('formatLiveId() keeps the minute it was sent in', () => {
  const id = { revision: 7, position: 12, sentAtMs: 90_000 };
  expect(formatLiveId(id)).toBe('7.1.12');
  expect(parseLiveId('7.1.12')).toEqual({ ...id, sentAtMs: 60_000 });
});

test('parseLiveId() is null for any other text', () => {
  for (const text of ['', '7', '7.', '.1', '-7.1', '7.1.', '7.1.x', '7.1.2.3', ' 7.1', '7.A']) {
    expect(parseLiveId(text)).toBe(null);
  }
  assert(property(string(), (text) => void parseLiveId(text)));
});
