import { expect, test } from 'vitest';
import { signalFixture } from './signal-fixture.ts';
import { actionTone, signalText } from './signal-text.ts';

test('signalText() is the message, else the kind in words (G1)', () => {
  expect(signalText(signalFixture(1))).toBe('Made 40 steps');
  expect(signalText(signalFixture(1, { message: ' ' }))).toBe('Step limit');
});

test('actionTone() marks aborts and warnings (G1)', () => {
  expect(['abort', 'warn', 'pause'].map(actionTone)).toEqual(['rust', 'gold', 'neutral']);
});
