import { assert, constantFrom, nat, option, property, record, string } from 'fast-check';
import { expect, test } from 'vitest';
import { formatLiveId, isPlaceIn, parseLiveId, placeIn } from './live-id.ts';

const minuteMs = 60_000;

test('formatLiveId() and parseLiveId() are each other undone', () => {
  const place = record({ session: constantFrom('0123456789ab', 'ffffffffffff'), position: nat() });
  const ids = record({ revision: nat(), place: option(place), minute: nat(100_000_000) });
  assert(
    property(ids, ({ revision, place: at, minute }) => {
      const id = { revision, place: at, sentAtMs: minute * minuteMs };
      expect(parseLiveId(formatLiveId(id))).toEqual(id);
    }),
  );
});

test('formatLiveId() keeps the minute it was sent in', () => {
  const place = { session: '0123456789ab', position: 12 };
  const id = { revision: 7, place, sentAtMs: 90_000 };
  expect(formatLiveId(id)).toBe('7.1.12.0123456789ab');
  expect(parseLiveId('7.1.12.0123456789ab')).toEqual({ ...id, sentAtMs: 60_000 });
});

test('parseLiveId() is null for any other text', () => {
  for (const text of [
    '',
    '7',
    '7.',
    '.1',
    '-7.1',
    '7.1.',
    '7.1.x',
    '7.1.2',
    '7.1.2.3',
    ' 7.1',
    '7.A',
  ]) {
    expect(parseLiveId(text)).toBe(null);
  }
  assert(property(string(), (text) => void parseLiveId(text)));
});

test('a place is one in its own session alone', () => {
  const sessionId = '01990000-0000-7000-8000-0123456789ab';
  const place = placeIn({ sessionId, position: 3 });
  expect(place).toEqual({ session: '0123456789ab', position: 3 });
  expect(isPlaceIn(place, sessionId)).toBe(true);
  expect(isPlaceIn(place, '01990000-0000-7000-8000-0123456789ac')).toBe(false);
  expect(isPlaceIn(placeIn(null), sessionId)).toBe(false);
});
