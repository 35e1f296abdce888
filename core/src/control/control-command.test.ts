import { describe, expect, test } from 'vitest';
import {
  acknowledge,
  heldByTree,
  isOpen,
  limitProblem,
  type ControlCommand,
} from './control-command.ts';

let count = 0;

function given(changes: Partial<ControlCommand> = {}): ControlCommand {
  count += 1;
  return {
    id: String(count).padStart(3, '0'),
    sessionId: 's',
    command: 'abort',
    args: {},
    scope: 'session',
    requestedBy: 'Ada',
    requestedAtMs: count,
    deliveredAtMs: null,
    obeyedAtMs: null,
    refusedAtMs: null,
    refusedReason: null,
    ...changes,
  };
}

describe('acknowledge()', () => {
  test('notes delivery once (G3)', () => {
    const command = given();
    const delivered = acknowledge(command, 'delivered', 5, null);
    expect(delivered).toEqual({ ...command, deliveredAtMs: 5 });
    expect(acknowledge(delivered ?? command, 'delivered', 9, null)).toBeNull();
    expect(delivered !== null && isOpen(delivered)).toBe(true);
  });

  test('obeyed without word of delivery was delivered then, and is no more open (G3)', () => {
    const obeyed = acknowledge(given(), 'obeyed', 7, null);
    expect(obeyed).toMatchObject({ deliveredAtMs: 7, obeyedAtMs: 7 });
    expect(obeyed !== null && isOpen(obeyed)).toBe(false);
  });

  test('the first of obeyed and refused holds (G3)', () => {
    const refused = acknowledge(given(), 'refused', 7, 'no such model');
    expect(refused).toMatchObject({ refusedAtMs: 7, refusedReason: 'no such model' });
    expect(acknowledge(refused ?? given(), 'obeyed', 8, null)).toBeNull();
    expect(acknowledge(given({ obeyedAtMs: 3, deliveredAtMs: 3 }), 'refused', 8, 'x')).toBeNull();
  });

  test('delivery may be told after obedience', () => {
    const obeyed = given({ obeyedAtMs: 3, deliveredAtMs: 3 });
    expect(acknowledge(obeyed, 'delivered', 4, null)).toBeNull();
  });
});

describe('limitProblem()', () => {
  const standing = [
    given({ command: 'limit', args: { cost_usd: 2 } }),
    given({ command: 'limit', args: { cost_usd: 0.5, steps: 10 }, refusedAtMs: 1 }),
  ];

  test.each([
    [{ cost_usd: 2 }, null],
    [{ cost_usd: 1.5 }, null],
    [{ steps: 50 }, null],
    [{ cost_usd: 2.01 }, 'cost_usd can only be lowered: 2 stands, got 2.01'],
  ])('a limit of %o gives %s (G3)', (next, expected) => {
    expect(limitProblem(standing, next)).toBe(expected);
  });
});

describe('heldByTree()', () => {
  test('takes over what was asked of the tree and still holds (G3)', () => {
    const commands = [
      given({ command: 'abort' }),
      given({ command: 'limit', scope: 'tree', args: { steps: 9 } }),
      given({ command: 'model', scope: 'tree', args: { model: 'old' } }),
      given({ command: 'model', scope: 'tree', args: { model: 'small' } }),
      given({ command: 'model', scope: 'tree', args: { model: 'none' }, refusedAtMs: 4 }),
      given({ command: 'end', scope: 'tree' }),
    ];
    const held = heldByTree(commands, 1_000);
    expect(held.map(({ command, args }) => [command, args])).toEqual([
      ['limit', { steps: 9 }],
      ['model', { model: 'small' }],
    ]);
  });

  test.each([
    ['within its time', [{ command: 'pause', at: 0 }], 59_999, ['pause']],
    ['after its time', [{ command: 'pause', at: 0 }], 60_000, []],
    [
      'after a resume',
      [
        { command: 'pause', at: 0 },
        { command: 'resume', at: 1 },
      ],
      2,
      [],
    ],
    [
      'paused again',
      [
        { command: 'resume', at: 1 },
        { command: 'pause', at: 2 },
      ],
      3,
      ['pause'],
    ],
  ] as const)('a pause %s (G3)', (_, asked, nowMs, expected) => {
    const commands = asked.map(({ command, at }) =>
      given({ command, scope: 'tree', args: { max_seconds: 60 }, requestedAtMs: at }),
    );
    expect(heldByTree(commands, nowMs).map(({ command }) => command)).toEqual(expected);
  });

  test('an abort of the tree stops whoever begins later (G3)', () => {
    const abort = given({ scope: 'tree', args: { reason: 'runaway' }, obeyedAtMs: 2 });
    expect(heldByTree([abort], 9)).toEqual([abort]);
  });
});
