import { readPolicy } from '@niitaka/core/policy/parse-policy.ts';
import type { Policy } from '@niitaka/protocol/policy.ts';
import { expect, test } from 'vitest';
import { policyFixture } from '../../../lib/policy-words/policy-fixture.ts';
import { policyNotes } from './policy-notes.ts';

const notes = (more: Partial<Policy>) => policyNotes(readPolicy(policyFixture(more)));

test('policyNotes() says what shadow and off mean (P1)', () => {
  expect(notes({})).toEqual([]);
  expect(notes({ mode: 'shadow' })).toEqual([
    'Shadow: what it decides is recorded, nothing is done.',
  ]);
  expect(notes({ mode: 'off' })).toEqual(['Off: it is not asked.']);
});

test('policyNotes() says how often a limit warns, and where it is blind (P2)', () => {
  expect(notes({ action: { type: 'warn' }, scope: 'tree' })).toEqual(['It warns once per tree.']);
  expect(notes({ scope: 'day' })).toEqual([
    'A day begins at 00:00 UTC; each environment counts by itself.',
  ]);
  expect(notes({ type: 'cost_limit', condition: { cost_exceeded: 1 } })).toEqual([
    'A call without a price counts $0 here: the decision then says it was blind.',
  ]);
});

test('policyNotes() says that waits are random and what follows (P4)', () => {
  expect(notes({ type: 'retry', condition: {}, action: { max_retries: 2 } })).toEqual([
    'Each wait is a random part of that time. Retries count per call.',
    'When they are used up, a fallback takes over if there is one.',
  ]);
  expect(notes({ type: 'fallback', condition: {}, action: { fallback_model: 'm' } })).toEqual([
    'A retry that matches goes first.',
  ]);
  expect(notes({ condition: {} })).toEqual([
    'It stands in every decision as an error, and acts in none.',
  ]);
});
