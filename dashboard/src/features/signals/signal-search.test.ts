import { expect, test } from 'vitest';
import { rangeOf } from '../../lib/url/range.ts';
import { isNarrowed, signalQueryOf } from './signal-search.ts';

const nowMs = Date.parse('2026-11-24T12:00:00.000Z');

test('signalQueryOf() asks for the last 7 days of production at first (G2, S10)', () => {
  expect(signalQueryOf({}, rangeOf({}, nowMs))).toEqual({
    from: '2026-11-17T12:00:00.000Z',
    environment: 'production',
    without_subtype: 'policy_triggered',
  });
});

test('signalQueryOf() asks for what the URL names, and leaves out what is no type (G1)', () => {
  const range = { from: '2026-11-01T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z' };
  const search = { ...range, env: 'all', type: 'guardrail', agent: 'a,b' };
  expect(signalQueryOf(search, rangeOf(search, nowMs))).toEqual({
    ...range,
    type: 'guardrail',
    agent_id: 'a,b',
  });
  expect(signalQueryOf({ type: 'colour' }, rangeOf({}, nowMs))['type']).toBe(undefined);
});

test('isNarrowed() looks at type and agent', () => {
  expect(isNarrowed({ env: 'all', range: '24h', type: 'colour' })).toBe(false);
  expect(isNarrowed({ type: 'alert' })).toBe(true);
  expect(isNarrowed({ agent: 'a' })).toBe(true);
});
