import type { Event } from '@niitaka/protocol/event.ts';
import { expect, test } from 'vitest';
import { timelineEvent } from '../timeline/timeline-event-fixture.ts';
import { eventFacts } from './event-facts.ts';

const call = timelineEvent({
  id: 'e',
  type: 'llm',
  endMs: 6_800,
  firstTokenMs: 1_020,
  inputTokens: 12_480,
  outputTokens: 1_102,
  costUsd: 0.044,
  costSource: 'computed',
});
const whole = (data: unknown) => ({ data }) as Event;

test('eventFacts() of a call', () => {
  expect(eventFacts(call, whole({ cache_read_tokens: 9_216 }))).toEqual([
    '6.8 s',
    'first token 1.0 s',
    '12,480 in (9,216 cached)',
    '1,102 out',
    '$0.0440',
  ]);
  expect(eventFacts(call)[2]).toBe('12,480 in');
});

test('eventFacts() never shows an unknown price as $0 (S6)', () => {
  expect(eventFacts(timelineEvent({ id: 'e', costUsd: 0, costSource: 'unpriced' }))).toEqual([
    '1.0 s',
    'no price',
  ]);
});

test('eventFacts() of an error, an open call, and one after the end (E2, E4, S5)', () => {
  const error = timelineEvent({ id: 'e', type: 'error', endMs: 0, afterEnd: true });
  expect(eventFacts(error, whole({ kind: 'rate_limit' }))).toEqual(['rate limit', 'after the end']);
  expect(eventFacts(timelineEvent({ id: 'e', endMs: null }))).toEqual(['not finished']);
});
