import { expect, test } from 'vitest';
import { otherFields } from './other-fields.ts';

test('otherFields() leaves out what the type shows by itself, and what is null', () => {
  const data = { model: 'm', input: 'x', finish_reason: 'stop', attempt: 2, response_id: null };
  expect(otherFields('llm', data)).toEqual({ finish_reason: 'stop', attempt: 2 });
  expect(otherFields('tool', data)).toEqual({ model: 'm', finish_reason: 'stop', attempt: 2 });
});

test('otherFields() keeps what nobody knows', () => {
  expect(otherFields('log', { message: 'm', my_key: { a: 1 } })).toEqual({ my_key: { a: 1 } });
});
