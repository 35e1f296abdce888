import { seededRandom, type Random } from '../../bench/random.ts';
import { decide } from './check-policy-case.ts';

/** Random policy cases with what the TypeScript engine makes of them; the same seed, the same cases. */
export function generatePolicyCases(count: number, seed: number): readonly object[] {
  const draw = seededRandom(seed);
  return Array.from({ length: count }, (_, at) => {
    const policies = Array.from({ length: draw.between(1, 8) }, (_, n) => somePolicy(draw, n));
    const session = someSession(draw);
    const event = someEvent(draw);
    return {
      name: `random-${at}`,
      policies,
      session,
      event,
      expect: decide(policies, session, event),
    };
  });
}

const costs = [0, 0.1, '0.1', 0.25, '0.250', 1e-9, 1.5e-9, '25e-2', 1, 0.30000000000000004, 7];
const kinds = ['rate_limit', 'server_error', 'timeout', 'connection', 'invalid_request'];
const ids = ['ä', '東京', '😀', '～', 'version:alpha:3:cost_limit', 'a', 'b', 'c'];
const times = [0, 4, '2026-11-24T10:00:00Z', '2026-11-24T11:00:00.001+01:00', 1_790_000_000_000];

function somePolicy(draw: Random, at: number): object {
  const maybe = (key: string, values: readonly unknown[]) =>
    draw.chance(0.7) ? { [key]: draw.pick(values) } : {};
  return {
    id: draw.chance(0.5) ? `${draw.pick(ids)}${at}` : `p${at}`,
    ...maybe('name', ['guard', null]),
    ...maybe('revision', [1, 2, 3]),
    ...maybe('agent_id', [null, 'alpha', 'alpha', 'alpha', 'beta']),
    ...maybe('environment', [null, null, 'production', 'staging']),
    ...maybe('priority', [0, 5, -3]),
    ...maybe('mode', ['enforce', 'enforce', 'shadow', 'off']),
    ...maybe('scope', ['session', 'tree', 'day']),
    ...maybe('created_at', times),
    ...(draw.chance(0.04) ? someBreak(draw) : {}),
    ...someContent(draw),
  };
}

function someBreak(draw: Random): object {
  return draw.pick<object>([
    { scope: 'week' },
    { mode: 'dry' },
    { priority: 1.5 },
    { created_at: 'yesterday' },
    { agent_id: '' },
    { revision: -1 },
  ]);
}

function someContent(draw: Random): object {
  const type = draw.pick([
    'cost_limit',
    'cost_limit',
    'step_limit',
    'retry',
    'fallback',
    'fallback',
  ]);
  const onErrors = draw.chance(0.5)
    ? {}
    : { on_errors: [draw.pick(kinds), draw.pick(kinds), draw.pick(kinds)] };
  const isBroken = draw.chance(0.06);
  switch (type) {
    case 'cost_limit':
      return {
        type,
        condition: isBroken ? draw.pick(brokenCosts) : { cost_exceeded: draw.pick(costs) },
        action: { type: draw.pick(draw.chance(0.05) ? ['explode'] : ['warn', 'abort']) },
      };
    case 'step_limit':
      return {
        type,
        condition: isBroken ? draw.pick(brokenSteps) : { steps_exceeded: draw.between(0, 12) },
        action: { type: draw.pick(['warn', 'abort']) },
      };
    case 'retry':
      return { type, condition: onErrors, action: isBroken ? {} : someRetry(draw) };
    default:
      return {
        type: isBroken ? 'speed_limit' : type,
        condition: onErrors,
        action: { fallback_model: draw.pick(draw.chance(0.05) ? [null] : ['small', 'other']) },
      };
  }
}

const brokenCosts = [
  {},
  { cost_exceeded: -0.1 },
  { cost_exceeded: 'much' },
  { cost_exceeded: true },
  { cost_exceeded: 1, hour: 3 },
];
const brokenSteps = [{}, { steps_exceeded: 1.5 }, { steps_exceeded: '3' }, { other: 1 }];

function someRetry(draw: Random): object {
  return {
    max_retries: draw.pick(draw.chance(0.07) ? [11, true] : [1, 2, 3, 10]),
    ...(draw.chance(0.7) ? { backoff: draw.pick(['exponential', 'linear', 'constant']) } : {}),
    ...(draw.chance(0.7) ? { base_seconds: draw.pick([0, 0.1, 0.5, 1, 2, 7]) } : {}),
    ...(draw.chance(0.5) ? { max_seconds: draw.pick([0.3, 1, 3, 120, null]) } : {}),
  };
}

function someSession(draw: Random): Readonly<Record<string, unknown>> {
  const amount = () => draw.pick([0, 0.05, 0.1, 0.100001, 0.25, 0.25000000000000006, 2e-9, 3, 7.5]);
  return {
    id: `019a3c7e-52f1-7c3a-8000-0000000000${draw.between(10, 99)}`,
    root_id: '019a3c7e-52f1-7c3a-8000-000000000001',
    day: '2026-11-24',
    agent_id: draw.pick(['alpha', 'alpha', 'alpha', null]),
    environment: draw.pick(['production', 'production', 'production', 'staging']),
    cost: amount(),
    steps: draw.between(0, 12),
    tree_cost: amount(),
    tree_steps: draw.between(0, 12),
    day_cost: amount(),
    day_steps: draw.between(0, 12),
    org_day_cost: amount(),
    org_day_steps: draw.between(0, 12),
    has_unpriced: draw.chance(0.1),
    warned: draw.chance(0.3) ? ['p0', 'p1', 'p2', 'a0', 'b1'] : [],
  };
}

function someEvent(draw: Random): Readonly<Record<string, unknown>> {
  const id = `019a3c7e-52f1-7c3a-9000-0000000000${draw.between(10, 99)}`;
  if (draw.chance(0.3)) return { id, type: draw.pick(['llm', 'tool']) };
  const [kind, model] = [draw.pick(kinds), draw.pick(['small', 'big', null])];
  return { id, type: 'error', kind, attempt: draw.pick([null, 1, 1, 2, 2, 3, 4, 11]), model };
}
