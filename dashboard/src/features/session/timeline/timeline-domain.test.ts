import { expect, test } from 'vitest';
import { timelineDomain, type DomainInput } from './timeline-domain.ts';
import { timelineEvent } from './timeline-event-fixture.ts';

const domain = (fields: Partial<DomainInput>) =>
  timelineDomain({
    startMs: 1_000,
    endMs: null,
    nowMs: 1_000,
    events: [],
    children: [],
    ...fields,
  });

test('timelineDomain() of a finished session spans it and what came after its end (S5)', () => {
  expect(domain({ endMs: 9_000 })).toEqual({ startMs: 1_000, endMs: 9_000 });
  const late = timelineEvent({ id: 'a', startMs: 9_500, endMs: 12_000 });
  expect(domain({ endMs: 9_000, events: [late] }).endMs).toBe(12_000);
});

test('timelineDomain() begins with the first event when clocks disagree (E6)', () => {
  expect(domain({ endMs: 9_000, events: [timelineEvent({ id: 'a', startMs: 400 })] }).startMs).toBe(
    400,
  );
});

test('timelineDomain() of a running session moves in steps, always ahead of the clock', () => {
  const ends = new Set<number>();
  for (let nowMs = 1_000; nowMs <= 101_000; nowMs += 500) {
    const { endMs } = domain({ nowMs });
    expect(endMs).toBeGreaterThan(nowMs);
    ends.add(endMs);
  }
  expect(ends.size).toBe(12);
});

test('timelineDomain() is never empty', () => {
  expect(domain({ endMs: 1_000 })).toEqual({ startMs: 1_000, endMs: 1_001 });
});
