import { expect, test } from 'vitest';
import { buildOverview } from './build-overview.ts';
import { createTimeScale } from './time-scale.ts';
import { timelineEvent } from './timeline-event-fixture.ts';

const scale = createTimeScale({ startMs: 0, endMs: 100 }, []);

test('buildOverview() joins what touches, lane by lane', () => {
  const { lanes } = buildOverview(
    scale,
    [
      timelineEvent({ id: 'a', type: 'llm', startMs: 0, endMs: 25 }),
      timelineEvent({ id: 'b', type: 'llm', startMs: 20, endMs: 39 }),
      timelineEvent({ id: 'c', type: 'llm', startMs: 60, endMs: 60 }),
      timelineEvent({ id: 'd', type: 'tool', startMs: 90, endMs: null }),
    ],
    [],
    10,
  );
  expect(lanes.llm).toEqual([
    [0, 4],
    [6, 7],
  ]);
  expect(lanes.tool).toEqual([[9, 10]]);
  expect(lanes.session).toEqual([]);
});

test('buildOverview() marks a failed call among the errors too', () => {
  const failed = timelineEvent({ id: 'a', startMs: 30, endMs: 30, level: 'error' });
  const { lanes } = buildOverview(scale, [failed], [], 10);
  expect([lanes.tool, lanes.error]).toEqual([[[3, 4]], [[3, 4]]]);
});

test('buildOverview() holds what lies outside at the edge', () => {
  const late = timelineEvent({ id: 'a', type: 'log', startMs: 500, endMs: 500 });
  expect(buildOverview(scale, [late], [], 10).lanes.log).toEqual([[9, 10]]);
});
