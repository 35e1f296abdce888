import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { compilePolicies } from '@niitaka/core/policy/compile-policies.ts';
import type { EvaluationEvent, EvaluationState } from '@niitaka/core/policy/decision.ts';
import { evaluate } from '@niitaka/core/policy/evaluate.ts';
import { readPolicy } from '@niitaka/core/policy/parse-policy.ts';
import { figureOf, quantile, type Figure } from './figure.ts';

const decisions = 20_000;
const runs = 5;

/** What one decision over 20 policies costs in both languages, the slowest of a hundred in each run. */
export async function benchPolicy(): Promise<readonly Figure[]> {
  const policies = twentyPolicies();
  const python = timePython(policies);
  return [
    figureOf('decision p99 of 20 policies, TypeScript', 'µs', timeTypeScript(policies), '<= 1000'),
    figureOf('decision p99 of 20 policies, Python', 'µs', python, '<= 1000'),
  ];
}

/** Five of each type; no limit is reached before the end, so that every stage is asked to its last policy. */
function twentyPolicies(): readonly object[] {
  return Array.from({ length: 5 }, (_, n) => [
    content(n, 'cost_limit', { cost_exceeded: 1000 + n }, { type: n < 2 ? 'warn' : 'abort' }),
    content(n, 'step_limit', { steps_exceeded: 1e6 + n }, { type: n < 2 ? 'warn' : 'abort' }),
    content(n, 'retry', { on_errors: ['rate_limit', 'overloaded'] }, { max_retries: 3 }),
    content(n, 'fallback', {}, { fallback_model: 'gpt-5-mini' }),
  ]).flat();
}

function content(n: number, type: string, condition: object, action: object): object {
  const scope = ['session', 'tree', 'day'][n % 3];
  return { id: `${type}-${n}`, type, priority: n % 3, scope, condition, action };
}

function timeTypeScript(policies: readonly object[]): readonly number[] {
  const compiled = compilePolicies(policies.map(readPolicy), 'planner', 'production');
  return Array.from({ length: runs }, () => {
    const took: number[] = [];
    for (let at = 0; at < decisions; at += 1) {
      const [state, event] = momentOf(at);
      const before = performance.now();
      evaluate(compiled, state, event);
      took.push((performance.now() - before) * 1000);
    }
    return quantile(
      took.toSorted((one, other) => one - other),
      0.99,
    );
  });
}

function momentOf(at: number): readonly [EvaluationState, EvaluationEvent] {
  const costNanoUsd = BigInt(at) * 10_000n;
  const state = {
    costNanoUsd,
    steps: at,
    treeCostNanoUsd: costNanoUsd * 2n,
    treeSteps: at * 2,
    dayCostNanoUsd: costNanoUsd * 3n,
    daySteps: at * 3,
    orgDayCostNanoUsd: costNanoUsd * 4n,
    orgDaySteps: at * 4,
    warned: new Set(['cost_limit-0']),
  };
  const failed = { type: 'error', kind: 'timeout', attempt: 1, model: 'gpt-5' };
  return [state, at % 4 === 0 ? failed : { type: 'llm' }];
}

function timePython(policies: readonly object[]): readonly number[] {
  const script = join(import.meta.dirname, 'time_decisions.py');
  const { status, stdout, stderr } = spawnSync('python3', [script, `${decisions}`, `${runs}`], {
    encoding: 'utf8',
    input: JSON.stringify(policies),
  });
  if (status !== 0) throw new Error(`the Python program ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as number[];
}
