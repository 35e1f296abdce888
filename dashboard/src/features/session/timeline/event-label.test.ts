import { expect, test } from 'vitest';
import { eventLabel } from './event-label.ts';
import { timelineEvent } from './timeline-event-fixture.ts';
import type { TimelineEvent } from './timeline-event.ts';

const label = (fields: Partial<TimelineEvent>) => {
  const { name, note } = eventLabel(timelineEvent({ id: 'e', ...fields }));
  return note === null ? name : `${name} | ${note}`;
};

test('eventLabel() calls an llm event by its model', () => {
  expect(label({ type: 'llm', model: 'gpt-5' })).toBe('gpt-5');
  expect(label({ type: 'llm', model: 'gpt-5', name: 'plan' })).toBe('gpt-5 | plan');
  expect(label({ type: 'llm', model: 'gpt-5', name: 'gpt-5' })).toBe('gpt-5');
  expect(label({ type: 'llm', name: 'plan' })).toBe('plan');
  expect(label({ type: 'llm' })).toBe('unknown model');
});

test('eventLabel() calls a tool by its name, with its error when it failed', () => {
  expect(label({ name: 'web.fetch', brief: 'ignored' })).toBe('web.fetch');
  expect(label({ name: 'web.fetch', brief: 'timed out', level: 'error' })).toBe(
    'web.fetch | timed out',
  );
  expect(label({})).toBe('unnamed tool');
});

test('eventLabel() lets errors, decisions and logs speak', () => {
  expect(label({ type: 'error', brief: 'timeout' })).toBe('timeout');
  expect(label({ type: 'error', name: 'web.fetch', brief: 'timeout' })).toBe('web.fetch | timeout');
  expect(label({ type: 'decision', name: 'plan', brief: '' })).toBe('plan');
  expect(label({ type: 'log' })).toBe('log');
});
