import type { SessionCommand } from '@niitaka/protocol/control.ts';
import { describe, expect, test } from 'vitest';
import { commandProgress, commandTitle, isPaused } from './command-text.ts';

const askedMs = Date.parse('2026-06-15T12:00:00.000Z');

function given(changes: Partial<SessionCommand> = {}): SessionCommand {
  return {
    id: '01990000-0000-7000-8000-000000000001',
    session_id: '01990000-0000-7000-8000-000000000002',
    command: 'abort',
    args: {},
    scope: 'session',
    requested_by: 'Ada',
    requested_at: at(0),
    delivered_at: null,
    obeyed_at: null,
    refused_at: null,
    refused_reason: null,
    ...changes,
  };
}

function at(seconds: number): string {
  return new Date(askedMs + seconds * 1000).toISOString();
}

describe('commandTitle()', () => {
  test.each([
    [{ command: 'pause', args: { max_seconds: 3_600 } }, 'Pause for up to 1 h'],
    [
      { command: 'pause', args: { max_seconds: 90 }, scope: 'tree' },
      'Pause the tree for up to 90 s',
    ],
    [{ command: 'resume' }, 'Resume'],
    [{ command: 'abort', args: { reason: '' } }, 'Abort'],
    [{ command: 'abort', args: { reason: 'loops' }, scope: 'tree' }, 'Abort the tree: loops'],
    [{ command: 'limit', args: { cost_usd: 0.5, steps: 1 } }, 'Limit to $0.5 and 1 step'],
    [{ command: 'limit', args: { steps: 40 } }, 'Limit to 40 steps'],
    [{ command: 'model', args: { model: 'gpt-5-mini' } }, 'Use gpt-5-mini'],
    [{ command: 'end' }, 'End'],
  ] as const)('%o is “%s”', (changes, expected) => {
    expect(commandTitle(given(changes as Partial<SessionCommand>))).toBe(expected);
  });
});

describe('commandProgress()', () => {
  test.each([
    [{}, 2, 'asked', 'not delivered yet'],
    [{ delivered_at: at(1) }, 2, 'delivered', 'delivered after 1 s'],
    [{ delivered_at: at(1), obeyed_at: at(3) }, 9, 'obeyed', 'obeyed after 3 s'],
    [
      { delivered_at: at(1), refused_at: at(2), refused_reason: 'one model only' },
      9,
      'refused',
      'refused after 2 s: one model only',
    ],
    [{}, 31, 'overdue', 'not delivered yet, not obeyed after 31 s'],
    [{ delivered_at: at(1) }, 95, 'overdue', 'delivered after 1 s, not obeyed after 1 m 35 s'],
  ] as const)('%o after %d s is %s (G3)', (changes, seconds, state, text) => {
    expect(commandProgress(given(changes), askedMs + seconds * 1000)).toEqual({ state, text });
  });
});

describe('isPaused()', () => {
  const pause = (second: number) =>
    given({ command: 'pause', args: { max_seconds: 60 }, requested_at: at(second) });
  const resume = (second: number) => given({ command: 'resume', requested_at: at(second) });

  test.each([
    [[], 0, false],
    [[pause(0)], 59, true],
    [[pause(0)], 60, false],
    [[resume(5), pause(0)], 6, false],
    [[pause(9), resume(5), pause(0)], 10, true],
    [[{ ...pause(0), refused_at: at(1) }], 5, false],
    [[given({ requested_at: at(3) }), pause(0)], 5, false],
  ] as const)('of case %# is right (G3)', (commands, second, expected) => {
    expect(isPaused(commands, askedMs + second * 1000)).toBe(expected);
  });
});
