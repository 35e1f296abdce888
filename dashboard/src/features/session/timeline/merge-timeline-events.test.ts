import { expect, test } from 'vitest';
import { mergeTimelineEvents } from './merge-timeline-events.ts';
import { timelineEvent } from './timeline-event-fixture.ts';

const ids = (events: readonly { id: string }[]) => events.map((event) => event.id);

test('mergeTimelineEvents() keeps the order of start, sender, seq (E6)', () => {
  const known = [timelineEvent({ id: 'a', startMs: 10 }), timelineEvent({ id: 'd', startMs: 40 })];
  const arrived = [
    timelineEvent({ id: 'e', startMs: 50 }),
    timelineEvent({ id: 'c2', startMs: 20, sender: 's1', seq: 2 }),
    timelineEvent({ id: 'c1', startMs: 20, sender: 's1', seq: 1 }),
    timelineEvent({ id: 'b', startMs: 20, sender: 's0', seq: 9 }),
  ];
  expect(ids(mergeTimelineEvents(known, arrived))).toEqual(['a', 'b', 'c1', 'c2', 'd', 'e']);
});

test('mergeTimelineEvents() lets a close replace its opening, and never the other way (E4)', () => {
  const open = timelineEvent({ id: 'a', position: 1, startMs: 10, endMs: null });
  const closed = timelineEvent({ id: 'a', position: 5, startMs: 10, endMs: 30 });
  expect(mergeTimelineEvents([open], [closed])).toEqual([closed]);
  expect(mergeTimelineEvents([closed], [open])).toEqual([closed]);
  expect(mergeTimelineEvents([], [closed, open])).toEqual([closed]);
});

test('mergeTimelineEvents() moves an event whose close names an earlier start', () => {
  const known = [
    timelineEvent({ id: 'a', position: 1, startMs: 10 }),
    timelineEvent({ id: 'b', position: 2, startMs: 20, endMs: null }),
  ];
  const moved = timelineEvent({ id: 'b', position: 3, startMs: 5 });
  expect(ids(mergeTimelineEvents(known, [moved]))).toEqual(['b', 'a']);
});

test('mergeTimelineEvents() answers the same list when nothing is new', () => {
  const known = [timelineEvent({ id: 'a', position: 4 })];
  expect(mergeTimelineEvents(known, [timelineEvent({ id: 'a', position: 4 })])).toBe(known);
  expect(mergeTimelineEvents(known, [])).toBe(known);
});
