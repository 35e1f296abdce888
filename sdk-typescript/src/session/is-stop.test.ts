import { describe, expect, test } from 'vitest';
import { AgentExecutionStoppedError } from '../control/agent-execution-stopped-error.ts';
import { isStop } from './is-stop.ts';

const stop = new AgentExecutionStoppedError('stopped', { sessionId: 's' });

describe('isStop()', () => {
  test.each([
    ['a stop', stop, true],
    ['what a library wraps around one', new Error('outer', { cause: stop }), true],
    ['another error', new Error('other', { cause: new Error('inner') }), false],
    ['no error', 'stopped', false],
    ['nothing', null, false],
  ])('of %s (E1)', (_name, thrown, is) => {
    expect(isStop(thrown)).toBe(is);
  });

  test('ends where causes go round', () => {
    const loop = new Error('loop');
    loop.cause = loop;
    expect(isStop(loop)).toBe(false);
  });
});
