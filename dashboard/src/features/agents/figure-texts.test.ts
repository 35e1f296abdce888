import { expect, test } from 'vitest';
import {
  costText,
  durationText,
  errorRateText,
  percentText,
  runningText,
  stepsText,
} from './figure-texts.ts';
import { figuresFixture as figures } from './agent-fixture.ts';

test('costText() is never $0 for calls without a price, and says what is missing (S6, D1)', () => {
  expect(costText(figures())).toEqual({ text: '$12.38', tone: 'plain', caution: null });
  const unpriced = figures({ cost: 0, cost_nano_usd: '0', unpriced: 2, incomplete: 1 });
  expect(costText(unpriced)).toEqual({
    text: 'no price',
    tone: 'faint',
    caution: '2 calls without a price; 1 session incomplete',
  });
  expect(costText(figures({ cost: 0, cost_nano_usd: '0' })).text).toBe('$0');
});

test('errorRateText() marks errors, and has no rate without a session', () => {
  expect(errorRateText(figures())).toMatchObject({ text: '2.0 %', tone: 'bad' });
  expect(errorRateText(figures({ with_errors: 0 }))).toMatchObject({ text: '0 %', tone: 'faint' });
  expect(errorRateText(figures({ sessions: 0, with_errors: 0 })).text).toBe('–');
});

test('percentText() rounds neither to nothing nor to all', () => {
  expect([0, 0.0004, 0.004, 0.042, 0.25, 0.996, 1].map(percentText)).toEqual([
    '0 %',
    '< 0.1 %',
    '0.4 %',
    '4.2 %',
    '25 %',
    '> 99 %',
    '100 %',
  ]);
});

test('the other figures: running, steps, p95 duration', () => {
  expect(runningText({ running: 0 }).tone).toBe('faint');
  expect(runningText({ running: 1204 })).toMatchObject({ text: '1,204', tone: 'alive' });
  expect(stepsText({ steps_average: 8.125 }).text).toBe('8.1');
  expect(stepsText({ steps_average: 1204.4 }).text).toBe('1,204');
  expect(stepsText({ steps_average: null }).text).toBe('–');
  expect(durationText({ duration_p95_ms: 192_000 }).text).toBe('3 m 12 s');
  expect(durationText({ duration_p95_ms: null }).text).toBe('–');
});
