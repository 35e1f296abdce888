import { readPolicy } from '@niitaka/core/policy/parse-policy.ts';
import { describe, expect, test } from 'vitest';
import { ChangePolicy, CreatePolicy, PolicyFile, SnapshotQuery } from './policy.ts';

const limit = {
  type: 'step_limit',
  condition: { steps_exceeded: 40 },
  action: { type: 'abort' },
};
const cost = { type: 'cost_limit', condition: { cost_exceeded: 0.5 }, action: { type: 'warn' } };
const retry = { type: 'retry', action: { max_retries: 3, backoff: 'linear', base_seconds: 0.5 } };
const fallback = {
  type: 'fallback',
  condition: { on_errors: ['rate_limit', 'overloaded'] },
  action: { fallback_model: 'small' },
};

function pathsOf(schema: { safeParse: typeof CreatePolicy.safeParse }, value: unknown) {
  const { error } = schema.safeParse(value);
  return error?.issues.map(({ path, code }) => `${path.join('.')} ${code}`) ?? [];
}

describe('CreatePolicy', () => {
  test.each([limit, cost, retry, fallback])(
    'takes what the engine can evaluate (P1): %j',
    (body) => {
      expect(CreatePolicy.parse(body)).toEqual(body);
      expect(readPolicy({ id: 'p', ...body }).type).toBe(body.type);
    },
  );

  test.each([
    ['', { ...limit, priorty: 3 }],
    ['condition', { ...limit, condition: { steps_exceeded: 4, hour: 3 } }],
    ['condition.steps_exceeded', { ...limit, condition: { steps_exceeded: -1 } }],
    ['condition.steps_exceeded', { ...limit, condition: { cost_exceeded: 1 } }],
    ['condition.cost_exceeded', { ...cost, condition: { cost_exceeded: '1e3' } }],
    ['action.type', { ...limit, action: { type: 'explode' } }],
    ['action.max_retries', { ...retry, action: { max_retries: 11 } }],
    ['action.fallback_model', { ...fallback, action: {} }],
    ['condition.on_errors.0', { ...fallback, condition: { on_errors: ['bad_mood'] } }],
    ['type', { ...limit, type: 'speed_limit' }],
    ['mode', { ...limit, mode: 'dry' }],
    ['name', { ...limit, name: ' ' }],
    ['agent_id', { ...limit, agent_id: 'x'.repeat(129) }],
    ['agent_id', { ...limit, agent_id: '..' }],
    ['agent_id', { ...limit, agent_id: 'a\u0000b' }],
    ['agent_id', { ...limit, agent_id: 'a\ud800' }],
    ['name', { ...limit, name: 'half \udc00 a pair' }],
    ['name', { ...limit, name: '😀'.repeat(201) }],
    ['environment', { ...limit, environment: '\ud83d' }],
    ['action.fallback_model', { ...fallback, action: { fallback_model: '\ud83d' } }],
    ['condition.cost_exceeded', { ...cost, condition: { cost_exceeded: 1e-12 } }],
    ['condition.cost_exceeded', { ...cost, condition: { cost_exceeded: 0.0000000015 } }],
  ])('refuses with the path "%s" (P3)', (path, body) => {
    const [first] = pathsOf(CreatePolicy, body);
    expect(first?.split(' ')[0]).toBe(path);
  });

  test('counts characters, not halves of them, and keeps an agent’s id as written (A1)', () => {
    const body = { ...limit, name: '😀'.repeat(200), agent_id: ` ${'😀'.repeat(126)} ` };
    expect(CreatePolicy.parse(body)).toEqual(body);
    const agent = { ...limit, agent_id: '😀'.repeat(129) };
    expect(pathsOf(CreatePolicy, agent)[0]?.split(' ')[0]).toBe('agent_id');
    expect(SnapshotQuery.parse({ agent_id: ' a ' })).toEqual({ agent_id: ' a ' });
  });

  test('takes a threshold to the nano-dollar (S6)', () => {
    for (const usd of [1e-9, 0.1, 999_999.123456789, 0]) {
      const body = { ...cost, condition: { cost_exceeded: usd } };
      expect(CreatePolicy.parse(body)).toEqual(body);
    }
  });

  test('names the key it does not know', () => {
    const { error } = CreatePolicy.safeParse({ ...limit, priorty: 3 });
    expect(error?.issues[0]).toMatchObject({ code: 'unrecognized_keys', keys: ['priorty'] });
  });
});

describe('ChangePolicy', () => {
  test('wants the revision that was read, and takes any part', () => {
    expect(ChangePolicy.parse({ revision: 3, mode: 'shadow' })).toEqual({
      revision: 3,
      mode: 'shadow',
    });
    expect(ChangePolicy.parse({ revision: 3, action: { type: 'warn' } }).action).toEqual({
      type: 'warn',
    });
    expect(ChangePolicy.safeParse({ mode: 'shadow' }).success).toBe(false);
    expect(ChangePolicy.safeParse({ revision: 3, type: 'retry' }).success).toBe(false);
    expect(ChangePolicy.safeParse({ revision: 3, action: 'warn' }).success).toBe(false);
  });
});

describe('PolicyFile', () => {
  test('holds policies with ids (P8)', () => {
    const file = {
      version: 1,
      policies: [
        { id: 'guard', ...limit },
        { id: 'again', ...retry },
      ],
    };
    expect(PolicyFile.parse(file)).toEqual(file);
    expect(PolicyFile.parse({ policies: [] })).toEqual({ policies: [] });
    const unnamed = { agents: ['router'], policies: [limit, limit] };
    expect(PolicyFile.parse(unnamed)).toEqual(unnamed);
  });

  test('refuses an id that stands twice and keys it does not know', () => {
    const twice = [
      { id: 'guard', ...limit },
      { id: 'guard', ...retry },
    ];
    expect(PolicyFile.safeParse({ policies: twice }).error?.issues[0]?.message).toBe(
      'every id must stand once',
    );
    expect(PolicyFile.safeParse({ policy: [] }).success).toBe(false);
    expect(PolicyFile.safeParse({ version: 2, policies: [] }).success).toBe(false);
  });
});
