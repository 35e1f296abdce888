import { describe, expect, test } from 'vitest';
import { nilUuid } from '../ids/uuid-v5.ts';
import { compilePolicies } from './compile-policies.ts';
import { decisionSignals, decisionTraces, type DecisionContext } from './decision-rows.ts';
import type { EvaluationEvent } from './decision.ts';
import { evaluate } from './evaluate.ts';
import { stateOf } from './fixtures/decide-case.ts';
import { readPolicy } from './parse-policy.ts';

const sessionId = '019a3c7e-52f1-7c3a-8000-000000000001';
const rootSessionId = '019a3c7e-52f1-7c3a-8000-000000000002';
const organisationId = '019a3c7e-52f1-7c3a-8000-000000000003';
const eventId = '019a3c7e-52f1-7c3a-8000-000000000004';
const call: EvaluationEvent = { type: 'llm' };
const failed: EvaluationEvent = { type: 'error', kind: 'rate_limit', attempt: 2, model: 'big' };
const state = {
  ...stateOf(
    {
      cost: 512,
      steps: 40,
      tree_cost: 900,
      tree_steps: 71,
      day_cost: 1500,
      day_steps: 90,
      org_day_cost: 2500,
      org_day_steps: 130,
    },
    [],
  ),
};
const guard = {
  id: 'loop',
  name: 'loop guard',
  revision: 3,
  type: 'step_limit',
  condition: { steps_exceeded: 40 },
  action: { type: 'abort' },
};

function rowsOf(policies: readonly object[], event = call, more: Partial<DecisionContext> = {}) {
  const compiled = compilePolicies(policies.map(readPolicy), 'alpha', 'production');
  const context: DecisionContext = {
    sessionId,
    rootSessionId,
    organisationId,
    eventId,
    day: '2026-11-24',
    state,
    event,
    broken: compiled.broken,
    ...more,
  };
  const decision = evaluate(compiled, context.state, event);
  return {
    traces: decisionTraces(decision, context),
    signals: decisionSignals(decision, context),
  };
}

describe('decisionTraces()', () => {
  test('an abort leaves one, with its inputs and an id that both sides mint (P7)', () => {
    expect(rowsOf([guard]).traces).toEqual([
      {
        // uuid5(session, 'trace:loop:3:limit') as Python's uuid module makes it.
        id: 'ab66c056-58d8-5290-b221-4b5eb938f611',
        sessionId,
        eventId,
        policyId: 'loop',
        policyRevision: 3,
        action: 'abort',
        mode: 'enforce',
        inputs: {
          cost: 0.512,
          steps: 40,
          tree_cost: 0.9,
          tree_steps: 71,
          day_cost: 1.5,
          day_steps: 90,
          org_day_cost: 2.5,
          org_day_steps: 130,
          kind: null,
          attempt: null,
          model: null,
        },
        considered: [{ policy: readPolicy(guard), result: 'matched' }],
        errors: [],
      },
    ]);
  });

  test('one per applied, shadowed or broken policy; none for the others (P7)', () => {
    const { traces } = rowsOf([
      guard,
      { ...guard, id: 'warns', action: { type: 'warn' }, priority: 1 },
      { ...guard, id: 'outranked', priority: -1 },
      { ...guard, id: 'above', condition: { steps_exceeded: 41 } },
      { ...guard, id: 'shadow', mode: 'shadow' },
      { ...guard, id: 'broken', action: {} },
    ]);
    expect(
      traces.map(({ policyId, action, mode, errors }) => [policyId, action, mode, errors]),
    ).toEqual([
      ['warns', 'warn', 'enforce', []],
      ['loop', 'abort', 'enforce', []],
      ['shadow', 'abort', 'shadow', []],
      ['broken', 'continue', 'enforce', [{ policyId: 'broken', at: 'action.type' }]],
    ]);
  });

  test('a failed call has one per event, a limit one per session and revision (P7)', () => {
    const retry = { id: 'r', type: 'retry', condition: {}, action: { max_retries: 3 } };
    const other = '019a3c7e-52f1-7c3a-8000-000000000005';
    const idOf = (policy: object, event: EvaluationEvent, more: Partial<DecisionContext> = {}) =>
      rowsOf([policy], event, more).traces.map(({ id }) => id)[0];
    expect(idOf(retry, failed)).not.toBe(idOf(retry, failed, { eventId: other }));
    expect(idOf(guard, call)).toBe(idOf(guard, failed, { eventId: other }));
    expect(idOf(guard, call)).not.toBe(idOf({ ...guard, revision: 4 }, call));
  });

  test('a used up retry leaves one beside the fallback (P4)', () => {
    const { traces } = rowsOf(
      [
        { id: 'r', type: 'retry', condition: {}, action: { max_retries: 1 } },
        { id: 'f', type: 'fallback', condition: {}, action: { fallback_model: 'small' } },
      ],
      failed,
    );
    expect(traces.map(({ policyId, action }) => [policyId, action])).toEqual([
      ['r', 'retry_exhausted'],
      ['f', 'fallback'],
    ]);
  });

  test('a candidate that an abort beats leaves none (P3)', () => {
    const retry = { id: 'r', type: 'retry', condition: {}, action: { max_retries: 3 } };
    expect(rowsOf([guard, retry], failed).traces.map(({ policyId }) => policyId)).toEqual(['loop']);
  });

  test('inputs say when a cost limit is blind (P2)', () => {
    const cost = { ...guard, type: 'cost_limit', condition: { cost_exceeded: 0.5 } };
    const blind = { state: { ...state, hasUnpriced: true } };
    expect(rowsOf([cost], call, blind).traces[0]?.inputs).toMatchObject({ blind: true });
  });
});

describe('decisionSignals()', () => {
  test('an abort raises its guardrail and says that it triggered (G1, P6)', () => {
    const { signals } = rowsOf([guard]);
    const message = 'aborted before call 41: steps 40 ≥ 40, policy loop guard rev 3';
    const data = { revision: 3, scope: 'session', threshold: 40, found: 40 };
    const both = { subjectId: sessionId, action: 'abort', severity: 'critical', eventId };
    expect(signals).toEqual([
      {
        ...both,
        id: '86b263e6-da96-534c-8caf-f44fbbb98d49',
        type: 'guardrail',
        subtype: 'step_limit',
        policyId: 'loop',
        message,
        data,
      },
      {
        ...both,
        id: 'b8aab254-247e-5deb-9a8e-37c0123e35c0',
        type: 'policy',
        subtype: 'policy_triggered',
        policyId: 'loop',
        message,
        data,
      },
    ]);
  });

  test.each([
    ['session', sessionId, '86b263e6-da96-534c-8caf-f44fbbb98d49'],
    ['tree', rootSessionId, '7ce55981-210f-582e-8ffd-e46f8c6baff6'],
    ['day', organisationId, 'aea1e300-8356-5f7d-9016-11dd9af835f2'],
  ])('a warning of scope %s is of its own subject (P7)', (scope, subjectId, id) => {
    const policy = { ...guard, scope, action: { type: 'warn' } };
    expect(rowsOf([policy]).signals[0]).toMatchObject({
      subtype: 'step_limit',
      severity: 'warning',
      subjectId,
      id,
    });
  });

  test('an abort of any scope is of the session', () => {
    const signals = rowsOf([{ ...guard, scope: 'tree' }]).signals;
    expect(signals.map(({ subjectId }) => subjectId)).toEqual([sessionId, sessionId]);
  });

  test('what is broken raises one, at the path (P3)', () => {
    expect(rowsOf([{ ...guard, action: {} }]).signals).toMatchObject([
      {
        type: 'policy',
        subtype: 'policy_error',
        severity: 'warning',
        action: null,
        data: { at: 'action.type' },
      },
    ]);
  });

  test('a day without an organisation of its own has the nil namespace (P7)', () => {
    const policy = { ...guard, scope: 'day', action: { type: 'warn' } };
    const one = rowsOf([policy]).signals[0]?.id;
    const other = rowsOf([policy], call, { sessionId: nilUuid }).signals[0]?.id;
    const next = rowsOf([policy], call, { day: '2026-11-25' }).signals[0]?.id;
    expect(one).toBe(other);
    expect(one).not.toBe(next);
  });
});
