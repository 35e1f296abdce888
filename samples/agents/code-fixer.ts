import { atTurn, type Run, type Step } from '../plan.ts';

/** Tries the same repair over and over: the loop that a step limit is for. */
export function codeFixer(turn: number): Run {
  const rounds = 14 + (turn % 4) * 6;
  return {
    agentId: 'code-fixer',
    goal: `Make the failing test ${atTurn(tests, turn)} pass`,
    agentVersion: '3.0.1',
    tags: { team: 'platform', repository: 'billing' },
    steps: [
      { does: 'log', message: `Working on ${atTurn(tests, turn)}` },
      ...Array.from({ length: rounds }, (_each, index) => tryAgain(turn, index)).flat(),
      {
        does: 'decide',
        choice: 'give up',
        options: ['try again', 'give up'],
        reason: 'No progress for a while.',
      },
    ],
    metrics: { goal_completed: false, score: 0.1, rounds },
  };
}

function tryAgain(turn: number, index: number): readonly Step[] {
  const test = atTurn(tests, turn);
  return [
    {
      does: 'call',
      seconds: 2.2,
      model: 'gpt-5',
      prompt: `${test} fails: expected 10.00, got 9.99. Change the code.`,
      answer: `--- a/total.py\n+++ b/total.py\n-    return round(total, 2)\n+    return round(total + 0.00${index % 9}, 2)`,
      inputTokens: 2200 + index * 350,
      outputTokens: 180,
      cachedTokens: 1800 + index * 300,
    },
    {
      does: 'use',
      seconds: 4.6,
      tool: 'run_tests',
      input: { test },
      output: { passed: 41, failed: 1, message: 'expected 10.00, got 9.99' },
    },
    ...(index % 7 === 6 ? [broken] : []),
  ];
}

const broken = {
  does: 'fail',
  seconds: 0.4,
  kind: 'exception',
  message: "SyntaxError: '(' was never closed (total.py, line 17)",
  exceptionType: 'SyntaxError',
  tool: 'run_tests',
} as const;

const tests = [
  'test_total_rounds_half_even',
  'test_discount_is_applied_once',
  'test_refund_is_idempotent',
] as const;
