import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nanoUsdOf } from '../money/nano-usd.ts';
import { parsePolicy, readPolicy } from './parse-policy.ts';

const costAt = (threshold: unknown) => ({
  id: 'p1',
  type: 'cost_limit',
  condition: { cost_exceeded: threshold },
  action: { type: 'abort' },
});
const retry = { id: 'p2', type: 'retry', condition: {}, action: { max_retries: 3 } };

describe('the threshold of a cost limit (S6, P2)', () => {
  test.each([
    [0.1, '0.1', 100_000_000n],
    ['0.10', '0.1', 100_000_000n],
    ['25e-2', '0.25', 250_000_000n],
    [1e-9, '0.000000001', 1n],
    [1.5e-9, '0.0000000015', 1n],
    ['1.9e-10', '0.00000000019', 0n],
    [0, '0', 0n],
    ['-0', '0', 0n],
    ['007.50', '7.5', 7_500_000_000n],
    [1_000_000_000, '1000000000', 10n ** 18n],
  ])('%j is the decimal %s, its nano-USD rounded down', (given, usd, nanoUsd) => {
    expect(readPolicy(costAt(given))).toMatchObject({
      costExceededUsd: usd,
      costExceededNanoUsd: nanoUsd,
    });
  });

  test.each([-0.1, '-1e-12', 'much', '', null, true, [], 1e10, Infinity, '1'.repeat(500)])(
    '%j is no amount',
    (given) => {
      expect(readPolicy(costAt(given))).toMatchObject({ at: 'condition.cost_exceeded' });
    },
  );

  test('is passed by a whole nano-USD exactly when the decimal is', () => {
    const places = fc.integer({ min: 0, max: 12 });
    const digits = fc.bigInt({ min: 0n, max: 10n ** 12n });
    fc.assert(
      fc.property(digits, places, fc.bigInt({ min: 0n, max: 10n ** 21n }), (n, scale, cost) => {
        const policy = parsePolicy(costAt(`${n}e-${scale}`));
        fc.pre(policy.ok && policy.value.type === 'cost_limit');
        const most = policy.ok && policy.value.type === 'cost_limit' && policy.value;
        const isOver = cost * 10n ** BigInt(scale) > n * 10n ** 9n;
        expect(most && cost > most.costExceededNanoUsd).toBe(isOver);
      }),
    );
  });

  test('given as whole nano-USD it is kept to the last one', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n }), (nano) => {
        const usd = `${nano}e-9`;
        expect(readPolicy(costAt(usd))).toMatchObject({ costExceededNanoUsd: nanoUsdOf(usd) });
      }),
    );
  });
});

describe('what null stands for', () => {
  test('an absent field, as the server writes it', () => {
    const keys = ['name', 'revision', 'agent_id', 'environment', 'priority', 'scope', 'mode'];
    const nulls = Object.fromEntries([...keys, 'created_at'].map((key) => [key, null]));
    expect(readPolicy({ ...nulls, ...retry })).toEqual(readPolicy(retry));
    const action = { max_retries: 3, backoff: null, base_seconds: null, max_seconds: null };
    const condition = { on_errors: null };
    expect(readPolicy({ ...retry, condition, action })).toEqual(readPolicy(retry));
  });

  test('nothing that a type needs', () => {
    const at = (value: object) => (readPolicy(value) as { at?: string }).at;
    expect(at({ ...retry, action: { max_retries: null } })).toBe('action.max_retries');
    expect(at({ ...retry, action: null })).toBe('action');
    expect(at({ ...retry, condition: null })).toBe('condition');
    expect(at({ ...retry, type: null })).toBe('type');
  });
});
