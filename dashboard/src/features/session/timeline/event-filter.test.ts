import { expect, test } from 'vitest';
import { findModel, isFiltering, matchesEvent, parseEventFilter } from './event-filter.ts';
import { timelineEvent } from './timeline-event-fixture.ts';

const call = timelineEvent({
  id: 'e1',
  type: 'llm',
  model: 'gpt-5',
  costSource: 'computed',
  brief: 'Stop',
});
const fetchTool = timelineEvent({ id: 'e2', name: 'web.fetch', brief: 'timed out' });
const matched = (types: Parameters<typeof parseEventFilter>[0], find: string) =>
  [call, fetchTool]
    .filter((event) => matchesEvent(parseEventFilter(types, find), event))
    .map((event) => event.id);

test('matchesEvent() takes every event when nothing is asked', () => {
  expect(matched([], '  ')).toEqual(['e1', 'e2']);
  expect(isFiltering(parseEventFilter([], ' '))).toBe(false);
});

test('matchesEvent() takes the types asked for', () => {
  expect(matched(['llm'], '')).toEqual(['e1']);
  expect(matched(['llm', 'tool'], '')).toEqual(['e1', 'e2']);
  expect(isFiltering(parseEventFilter(['llm'], ''))).toBe(true);
});

test('matchesEvent() wants every word, in any field and case', () => {
  expect(matched([], 'FETCH timed')).toEqual(['e2']);
  expect(matched([], 'fetch gpt')).toEqual([]);
  expect(matched([], 'stop')).toEqual(['e1']);
});

test('matchesEvent() reads model: and source:', () => {
  expect(matched([], findModel('gpt-5'))).toEqual(['e1']);
  expect(matched([], 'model:gpt')).toEqual([]);
  expect(matched([], findModel(null))).toEqual([]);
  expect(matched([], 'source:computed')).toEqual(['e1']);
  expect(matched([], 'source:unpriced')).toEqual([]);
});

test('matchesEvent() takes what the server found in the content, within the types', () => {
  const found = new Set(['e2']);
  expect(matchesEvent(parseEventFilter([], 'needle', found), fetchTool)).toBe(true);
  expect(matchesEvent(parseEventFilter(['llm'], 'needle', found), fetchTool)).toBe(false);
});

test('matchesEvent() takes what touches the stretch of time', () => {
  const at = (startMs: number, endMs: number | null) => {
    const filter = parseEventFilter([], '', new Set(), { startMs: 100, endMs: 200 });
    return matchesEvent(filter, timelineEvent({ id: 'e', startMs, endMs }));
  };
  expect([at(0, 99), at(0, 100), at(150, 160), at(200, 900), at(201, 900)]).toEqual([
    false,
    true,
    true,
    true,
    false,
  ]);
  expect([at(0, null), at(300, null)]).toEqual([true, false]);
});
