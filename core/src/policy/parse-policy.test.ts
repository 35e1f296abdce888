import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePolicy, readPolicy } from './parse-policy.ts';

const limit = {
  id: 'p1',
  type: 'step_limit',
  condition: { steps_exceeded: 40 },
  action: { type: 'abort' },
};
const retry = { id: 'p2', type: 'retry', condition: {}, action: { max_retries: 3 } };
const cost = { ...limit, type: 'cost_limit', condition: { cost_exceeded: 0.1 } };
const fallback = { ...limit, type: 'fallback', condition: {}, action: { fallback_model: 'small' } };

describe('parsePolicy()', () => {
  test('fills in the defaults of the common fields (P1)', () => {
    expect(parsePolicy(limit)).toEqual({
      ok: true,
      value: {
        id: 'p1',
        name: 'p1',
        revision: 1,
        agentId: null,
        environment: null,
        priority: 0,
        scope: 'session',
        mode: 'enforce',
        createdAtMs: 0,
        type: 'step_limit',
        stepsExceeded: 40,
        action: 'abort',
      },
    });
  });

  test('reads every common field', () => {
    const common = {
      name: 'loop guard',
      revision: 3,
      agent_id: 'alpha',
      environment: 'staging',
      priority: -5,
      scope: 'tree',
      mode: 'shadow',
      created_at: '2026-11-24T10:00:00.250Z',
    };
    expect(readPolicy({ ...cost, ...common })).toEqual({
      id: 'p1',
      name: 'loop guard',
      revision: 3,
      agentId: 'alpha',
      environment: 'staging',
      priority: -5,
      scope: 'tree',
      mode: 'shadow',
      createdAtMs: Date.UTC(2026, 10, 24, 10, 0, 0, 250),
      type: 'cost_limit',
      costExceededUsd: '0.1',
      costExceededNanoUsd: 100_000_000n,
      action: 'abort',
    });
  });

  test('a retry waits 1 s at first, doubling, and 60 s at most, unless it says so (P4)', () => {
    expect(readPolicy(retry)).toMatchObject({
      onErrors: null,
      maxRetries: 3,
      backoff: 'exponential',
      baseSeconds: 1,
      maxSeconds: 60,
    });
  });

  test('the failure names the policy, the path, what was wanted and found', () => {
    expect(parsePolicy({ ...limit, action: { type: 'explode' } })).toEqual({
      ok: false,
      failure: {
        code: 'invalid',
        message: 'Cannot read policy "p1": action.type must be "warn" or "abort": got "explode"',
        retryable: false,
        problems: [
          {
            path: 'action.type',
            code: 'invalid',
            message: 'must be "warn" or "abort": got "explode"',
          },
        ],
      },
    });
  });

  test.each([
    ['', 7],
    ['', [limit]],
    ['id', { ...limit, id: undefined }],
    ['id', { ...limit, id: 'x'.repeat(201) }],
    ['name', { ...limit, name: '' }],
    ['revision', { ...limit, revision: -1 }],
    ['agent_id', { ...limit, agent_id: 7 }],
    ['environment', { ...limit, environment: '' }],
    ['priority', { ...limit, priority: 1.5 }],
    ['scope', { ...limit, scope: 'week' }],
    ['mode', { ...limit, mode: 'dry' }],
    ['created_at', { ...limit, created_at: 'yesterday' }],
    ['type', { ...limit, type: 'speed_limit' }],
    ['condition', { ...limit, condition: [] }],
    ['action', { ...limit, action: 'abort' }],
    ['condition.steps_exceeded', { ...limit, condition: {} }],
    ['condition.steps_exceeded', { ...limit, condition: { steps_exceeded: -1 } }],
    ['condition.hour', { ...limit, condition: { steps_exceeded: 1, hour: 3 } }],
    ['condition.cost_exceeded', { ...cost, condition: { cost_exceeded: null } }],
    ['condition.cost_exceeded', { ...cost, condition: { cost_exceeded: -0.1 } }],
    ['condition.cost_exceeded', { ...cost, condition: { cost_exceeded: Number.NaN } }],
    ['condition.cost_exceeded', { ...cost, condition: { cost_exceeded: 1e10 } }],
    ['condition.hour', { ...cost, condition: { cost_exceeded: 1, hour: 3 } }],
    ['action.type', { ...cost, action: {} }],
    ['action.max_retries', { ...retry, action: {} }],
    ['action.max_retries', { ...retry, action: { max_retries: 11 } }],
    ['action.backoff', { ...retry, action: { max_retries: 1, backoff: 'cubic' } }],
    ['action.base_seconds', { ...retry, action: { max_retries: 1, base_seconds: -1 } }],
    ['action.max_seconds', { ...retry, action: { max_retries: 1, max_seconds: 1e9 } }],
    ['condition.on_errors', { ...retry, condition: { on_errors: [] } }],
    ['condition.on_errors', { ...fallback, condition: { on_errors: ['timeout', 3] } }],
    ['condition.when', { ...fallback, condition: { when: 'always' } }],
    ['action.fallback_model', { ...fallback, action: {} }],
  ])('is broken at "%s"', (at, value) => {
    const broken = readPolicy(value);
    expect(broken).toMatchObject({ type: 'broken', at });
    expect(parsePolicy(value)).toMatchObject({ ok: false, failure: { problems: [{ path: at }] } });
  });

  test('what is broken keeps its place among the others (P3)', () => {
    const broken = readPolicy({ ...limit, agent_id: 'alpha', priority: 7, mode: 'off', type: 'x' });
    expect(broken).toMatchObject({
      type: 'broken',
      id: 'p1',
      agentId: 'alpha',
      priority: 7,
      mode: 'off',
    });
  });

  test('reads 200 characters, whatever their size', () => {
    expect(readPolicy({ ...limit, id: '😀'.repeat(200) }).type).toBe('step_limit');
    expect(readPolicy({ ...limit, id: '😀'.repeat(201) }).type).toBe('broken');
  });

  test('never throws, whatever it is given', () => {
    const keys = ['id', 'type', 'condition', 'action', 'mode', 'scope', 'created_at'];
    const value = fc.oneof(
      fc.anything(),
      fc.dictionary(fc.constantFrom(...keys), fc.oneof(fc.jsonValue(), fc.constant('retry'))),
    );
    fc.assert(
      fc.property(value, (value) => {
        const policy = readPolicy(value);
        expect(typeof policy.id).toBe('string');
      }),
    );
  });
});
