import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  close,
  end,
  error,
  llm,
  noonMs,
  numbered,
  senderId,
  sessionId,
  signal,
  start,
  tool,
  trace,
} from '../../testing/records.ts';
import type { SpoiledStore } from './verification.ts';

/** A check, a field of it, how far the stored figure is above the recomputed one, and what was stored before. */
type Wanted = readonly [check: string, field: string, above: number];

const events = 'sessions from events';
const hour = 'roll-up by hour';
const day = 'roll-up by agent and day';

/** One figure raised by one is told as that difference, and as those of what is summed from it. */
export function singleFigureContract(open: (nowMs: number) => Promise<SpoiledStore>): void {
  describe('verify() of one wrong figure', () => {
    let store: SpoiledStore;
    beforeAll(async () => {
      store = await open(noonMs + 20_000);
      await store.ingest(records);
    });
    afterAll(() => store.close());

    const differencesAfter = async (change: string) => {
      const { differences, differenceCount } = await store.verifyAfter(change);
      expect(differenceCount).toBe(differences.length);
      return differences
        .map(({ check, field, stored, recomputed }): Wanted => [
          check,
          field,
          Number(BigInt(stored) - BigInt(recomputed)),
        ])
        .toSorted(byName);
    };

    test.each(rollupFields)(
      'tells of %s of an hour and of an agent’s day alone (S12)',
      async (field) => {
        for (const [table, check] of [
          ['rollup_hours', hour],
          ['rollup_agent_days', day],
        ]) {
          const change = `UPDATE ${table} SET ${field} = ${field} + 1 ${inStaging}`;
          expect(await differencesAfter(change)).toEqual([[check, field, 1]]);
        }
      },
    );

    test.each(treeFields)('tells of %s of a tree alone (S9)', async (field) => {
      const change = `UPDATE tree_totals SET ${field} = ${field} + 1
        WHERE slot = (SELECT min(slot) FROM tree_totals)`;
      expect(await differencesAfter(change)).toEqual([['trees', field, 1]]);
    });

    test.each(sessionFields)(
      'tells of %s of a session, and of what is summed from it (S5, S12)',
      async (field, check, summed) => {
        const change = `UPDATE sessions SET ${field} = ${field} + 1 ${inStaging}`;
        const sums: Wanted[] = summed === null ? [] : [hour, day].map((sum) => [sum, summed, -1]);
        const wanted: Wanted[] = [[check, field, 1], ...sums];
        expect(await differencesAfter(change)).toEqual(wanted.toSorted(byName));
      },
    );

    test('tells of a session in a tree also where the tree is summed (S9)', async () => {
      const change = `UPDATE sessions SET total_cost = total_cost + 1 WHERE parent_session_id IS NOT NULL`;
      const sums = [day, hour, 'trees'].map((check): Wanted => [check, 'total_cost', -1]);
      expect(await differencesAfter(change)).toEqual(
        [[events, 'total_cost', 1] as const, ...sums].toSorted(byName),
      );
    });

    test.each<[string, Wanted[]]>([
      [
        `UPDATE events SET input_tokens = input_tokens + 1 WHERE cost_source = 'unpriced'`,
        [
          ['cost of calls', 'input_tokens', 1],
          [events, 'input_tokens', -1],
          [events, 'total_tokens', -1],
        ],
      ],
      [
        `UPDATE events SET cost = cost + 1 WHERE after_end = 1`,
        [
          ['cost of calls', 'cost', 1],
          [events, 'late_cost', -1],
        ],
      ],
      [
        `UPDATE sessions SET child_count = child_count + 1 WHERE goal = 'root'`,
        [['children', 'child_count', 1]],
      ],
      [
        `UPDATE day_totals SET total_cost = total_cost + 1 ${inStaging}`,
        [['spent by day', 'total_cost', 1]],
      ],
      [
        `UPDATE day_totals SET step_count = step_count - 1 ${inStaging}`,
        [['spent by day', 'step_count', -1]],
      ],
      [
        `UPDATE agents SET last_started_at = last_started_at + 1 WHERE id = 'lone'`,
        [['agents', 'last_started_at', 1]],
      ],
      [
        `UPDATE session_tags SET value = 'else'`,
        [
          ['tags', 'tags', -1],
          ['tags', 'tags', 1],
        ],
      ],
      [
        `UPDATE changes SET revision = 1000000 WHERE kind = 'session' AND row_id = (
           SELECT id FROM sessions ${inStaging})`,
        [['live feed', 'changes', -1]],
      ],
      [
        `INSERT INTO rollup_hours SELECT org_id, 'ghost', hour, sessions, 0, 0, 0, 0, 0, 0, 0, 0
           FROM rollup_hours ${inStaging}`,
        [[hour, 'sessions', 1]],
      ],
      [
        `INSERT INTO rollup_hours SELECT org_id, 'empty', hour, 0, 0, 0, 0, 0, 0, 0, 0, 0
           FROM rollup_hours ${inStaging}`,
        [],
      ],
    ])('after %s tells exactly of that (S12, P1, A1)', async (change, wanted) => {
      expect(await differencesAfter(change)).toEqual(wanted.toSorted(byName));
    });
  });
}

const inStaging = `WHERE environment = 'staging'`;

const rollupFields = [
  'sessions',
  'with_errors',
  'stale',
  'total_cost',
  'late_cost',
  'total_tokens',
  'unpriced',
  'incomplete',
  'step_count',
];

const treeFields = [
  'sessions',
  'running',
  'total_cost',
  'late_cost',
  'total_tokens',
  'step_count',
  'error_count',
  'unpriced_count',
];

/** Figures of a session, what checks them, and where roll-ups sum them. */
const sessionFields: [field: string, check: string, summed: string | null][] = [
  ['event_count', events, null],
  ['total_cost', events, 'total_cost'],
  ['late_cost', events, 'late_cost'],
  ['total_tokens', events, null],
  ['step_count', events, 'step_count'],
  ['llm_count', events, null],
  ['tool_count', events, null],
  ['error_count', events, null],
  ['unpriced_count', events, 'unpriced'],
  ['signal_count', 'signals and traces of sessions', null],
  ['trace_count', 'signals and traces of sessions', null],
  ['expected', 'delivery from senders', null],
  ['received', 'delivery from senders', null],
  ['refused', 'delivery from senders', null],
  ['missing', 'delivery from senders', null],
  ['dropped', 'delivery from senders', null],
  ['open_senders', 'delivery from senders', null],
];

/** A tree of two in production; in staging one alone that has some of every figure, and has lost a record. */
const records = [
  start(1, { agent_id: 'above', goal: 'root' }),
  start(2, { agent_id: 'below', parent_session_id: sessionId(1) }),
  llm(2, 1),
  start(3, { agent_id: 'lone', environment: 'staging', goal: 'find it', tags: { team: 'red' } }),
  llm(3, 2, numbered(1, 1)),
  llm(3, 3, {
    ...numbered(1, 2),
    data: { model: 'nobody-knows', input_tokens: 7, output_tokens: 5 },
  }),
  tool(3, 4, numbered(1, 3)),
  error(3, 5, numbered(1, 4)),
  signal(3, 1),
  trace(3, 1),
  end(3, 10_000, { sender: senderId(1), last_seq: 4 }),
  llm(3, 6, {
    ...numbered(1, 6),
    data: { model: 'gpt-5', cost_usd: 0.25, input_tokens: 1, output_tokens: 1 },
  }),
  close(3, 1, 7, { dropped: { queue_full: 1 } }),
];

function byName(one: Wanted, other: Wanted): number {
  const [a, b] = [one, other].map(([check, field, above]) => `${check} ${field} ${above}`);
  return (a ?? '') < (b ?? '') ? -1 : 1;
}
