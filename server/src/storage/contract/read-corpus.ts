import fc from 'fast-check';
import {
  close,
  end,
  error,
  iso,
  llm,
  metrics,
  noonMs,
  sessionId,
  start,
} from '../../testing/records.ts';

/** Sessions in the corpus. */
export const corpusSize = 160;

/** A parent of the corpus that never arrives. */
const absentParent = 4_000;

const hourMs = 3_600_000;

interface Shape {
  readonly ageMs: number;
  readonly agent: string | null;
  readonly environment: string;
  readonly words: readonly string[];
  readonly parent: number | null;
  readonly user: string | null;
  readonly conversation: string | null;
  readonly experiment: string | null;
  readonly team: string;
  readonly costs: readonly number[];
  readonly errors: number;
  readonly lastedMs: number | null;
  readonly good: boolean | null;
  readonly score: number | null;
}

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });

const shape: fc.Arbitrary<Shape> = fc.record({
  // A few starts fall on the same millisecond, and on whole hours.
  ageMs: fc.oneof(
    fc.integer({ min: 1, max: 130 * hourMs }),
    fc.integer({ min: 1, max: 100 }).map((hours) => hours * hourMs),
    fc.integer({ min: 1, max: 4 * 60_000 }),
  ),
  agent: maybe(fc.constantFrom('router', 'writer', 'researcher')),
  environment: fc.constantFrom('production', 'production', 'staging', 'test'),
  words: fc.array(
    fc.constantFrom('Review', 'reviewer', 'the', 'Contract', 'contractors', 'Café', '契約書', '77'),
    {
      maxLength: 4,
    },
  ),
  parent: maybe(fc.nat(corpusSize + 8)),
  user: maybe(fc.constantFrom('ann', 'bob')),
  conversation: maybe(fc.constantFrom('t1', 't2', 't3')),
  experiment: maybe(fc.constantFrom('e1', 'e2')),
  team: fc.constantFrom('red', 'blue'),
  costs: fc.array(fc.constantFrom(0, 0.000000001, 0.25, 0.5, 3), { maxLength: 3 }),
  errors: fc.constantFrom(0, 0, 0, 1, 2),
  lastedMs: maybe(fc.integer({ min: 0, max: 3 * hourMs })),
  good: maybe(fc.boolean()),
  score: maybe(fc.constantFrom(0, 0.25, 0.5, 1)),
});

/** The records of a fixed corpus: trees, orphans, every status, all that filters ask for. In order of arrival. */
export function corpusRecords(): object[][] {
  return fc
    .sample(shape, { numRuns: corpusSize, seed: 4711 })
    .map((one, index) => recordsOf(one, index + 1));
}

function recordsOf(one: Shape, number: number): object[] {
  const startMs = noonMs - one.ageMs;
  const endMs = one.lastedMs === null ? null : Math.min(noonMs, startMs + one.lastedMs);
  const event = (index: number) => ({
    started_at: iso(startMs),
    ended_at: iso(startMs),
    event_id: eventIdOf(number, index),
  });
  const values = {
    ...(one.good === null ? {} : { goal_completed: one.good }),
    ...(one.score === null ? {} : { score: one.score }),
  };
  return [
    start(number, {
      started_at: iso(startMs),
      agent_id: one.agent,
      environment: one.environment,
      goal: one.words.join(' '),
      ...(one.parent === null ? {} : { parent_session_id: parentOf(one.parent, number) }),
      user_id: one.user,
      conversation_id: one.conversation,
      experiment_id: one.experiment,
      variant: one.experiment === null ? null : 'b',
      tags: { team: one.team },
    }),
    ...one.costs.map((cost, index) =>
      llm(number, 0, {
        ...event(index),
        data: {
          provider: 'openai',
          model: 'gpt-5',
          input_tokens: 3,
          output_tokens: 2,
          cost_usd: cost,
        },
      }),
    ),
    ...Array.from({ length: one.errors }, (_, index) => error(number, 0, event(100 + index))),
    ...(Object.keys(values).length === 0
      ? []
      : [metrics(number, values, { recorded_at: iso(startMs) })]),
    ...(number % 9 === 0 ? [close(number, 1, 5)] : []),
    ...(endMs === null ? [] : [end(number, endMs - noonMs)]),
  ];
}

/** Mostly one that is known by then; some arrive later, two never do. */
function parentOf(wanted: number, number: number): string {
  if (wanted > corpusSize) return sessionId(absentParent + (wanted % 2));
  const parent = wanted < 12 ? wanted + 1 : (wanted % Math.max(1, number - 1)) + 1;
  return parent === number ? sessionId(absentParent) : sessionId(parent);
}

function eventIdOf(session: number, index: number): string {
  return `00000000-0000-7000-a000-${(session * 1_000 + index).toString(16).padStart(12, '0')}`;
}
