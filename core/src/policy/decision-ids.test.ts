import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePolicies } from './compile-policies.ts';
import { decisionSignals, decisionTraces, engineId } from './decision-rows.ts';
import { evaluate } from './evaluate.ts';
import { stateOf } from './fixtures/decide-case.ts';
import { someCase, type PolicyCase } from './fixtures/policy-case.ts';
import { readPolicy } from './parse-policy.ts';

const sessionId = '019a3c7e-52f1-7c3a-8000-000000000001';
const otherSessionId = '019a3c7e-52f1-7c3a-8000-000000000009';
const rootSessionId = '019a3c7e-52f1-7c3a-8000-000000000002';
const organisationId = '019a3c7e-52f1-7c3a-8000-000000000003';

/** The rows of a case that happens in one session at one event. */
function rowsOf(given: PolicyCase, event = 1, session = sessionId) {
  const compiled = compilePolicies(given.policies.map(readPolicy), 'alpha', 'production');
  const state = stateOf(given.totals, given.warned);
  const decision = evaluate(compiled, state, given.event);
  const context = {
    sessionId: session,
    rootSessionId,
    organisationId,
    eventId: `019a3c7e-52f1-7c3a-9000-00000000000${event}`,
    day: '2026-11-24',
    state,
    event: given.event,
    broken: compiled.broken,
  };
  return {
    decision,
    traces: decisionTraces(decision, context),
    signals: decisionSignals(decision, context),
  };
}

describe('the rows of any decision (P7)', () => {
  test('have ids of their own each, and come out the same again', () => {
    fc.assert(
      fc.property(someCase, (given) => {
        const { traces, signals } = rowsOf(given);
        const ids = [...traces, ...signals].map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(rowsOf(given)).toEqual({ ...rowsOf(given), traces, signals });
      }),
    );
  });

  test('hold one trace per policy that acted, would have, or is broken, and no other', () => {
    fc.assert(
      fc.property(someCase, (given) => {
        const { decision, traces } = rowsOf(given);
        const acted = decision.signals.filter(({ subtype }) => subtype === 'policy_triggered');
        const usedUp = decision.signals.filter(({ subtype }) => subtype === 'retry_exhausted');
        const shadowed = decision.considered.filter(({ result }) => result === 'shadow');
        const expected = [
          ...[...acted, ...usedUp].map(({ policyId }) => policyId),
          ...shadowed.map(({ policy }) => policy.id),
          ...decision.errors.map(({ policyId }) => policyId),
        ];
        expect(traces.map(({ policyId }) => policyId).toSorted()).toEqual(expected.toSorted());
      }),
    );
  });

  test('are always of their session, whatever the scope', () => {
    fc.assert(
      fc.property(someCase, (given) => {
        for (const trace of rowsOf(given).traces) expect(trace.sessionId).toBe(sessionId);
      }),
    );
  });

  test('keep the id of a limit, a shadow and an error from event to event, and no other', () => {
    fc.assert(
      fc.property(someCase, (given) => {
        const [one, other] = [rowsOf(given, 1).traces, rowsOf(given, 2).traces];
        for (const [at, trace] of one.entries()) {
          const isPerCall = ['retry', 'fallback', 'retry_exhausted'].includes(trace.action);
          const isSame = other[at]?.id === trace.id;
          expect(isSame).toBe(!isPerCall || trace.mode === 'shadow');
        }
      }),
    );
  });

  test('share the warning of a tree or a day between sessions, and nothing else', () => {
    fc.assert(
      fc.property(someCase, (given) => {
        const [one, other] = [rowsOf(given), rowsOf(given, 1, otherSessionId)];
        const scopes = new Map(given.policies.map(({ id, scope }) => [id, scope]));
        for (const [at, signal] of one.signals.entries()) {
          const isShared = signal.action === 'warn' && scopes.get(signal.policyId) !== 'session';
          expect(other.signals[at]?.id === signal.id).toBe(isShared);
          expect(signal.subjectId === sessionId).toBe(!isShared);
        }
      }),
    );
  });

  test('have a message that names policy and revision', () => {
    fc.assert(
      fc.property(someCase, (given) => {
        for (const { message, policyId } of rowsOf(given).signals) {
          expect(message.endsWith(`, policy ${policyId} rev 1`)).toBe(true);
        }
      }),
    );
  });
});

test('engineId() tells kinds, policies, revisions and keys apart (P7)', () => {
  const policy = { id: 'p', revision: 1 };
  const ids = [
    engineId(sessionId, 'trace', policy, 'limit'),
    engineId(rootSessionId, 'trace', policy, 'limit'),
    engineId(sessionId, 'guardrail/cost_limit', policy, 'limit'),
    engineId(sessionId, 'trace', { id: 'q', revision: 1 }, 'limit'),
    engineId(sessionId, 'trace', { id: 'p', revision: 2 }, 'limit'),
    engineId(sessionId, 'trace', policy, 'shadow'),
  ];
  expect(new Set(ids).size).toBe(ids.length);
});
