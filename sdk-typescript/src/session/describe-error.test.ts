import { describe, expect, test } from 'vitest';
import { describeError, errorData } from './describe-error.ts';

class RateLimitError extends Error {}
class ProviderError extends Error {
  readonly status = 529;
}

describe('describeError()', () => {
  test.each([
    [new Error('plain'), 'exception', 'Error'],
    [new RateLimitError('slow'), 'rate_limit', 'RateLimitError'],
    [new ProviderError('busy'), 'overloaded', 'ProviderError'],
    [new TypeError('x'), 'exception', 'TypeError'],
    [Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'connection', 'Error'],
    [Object.assign(new Error('x'), { statusCode: 503 }), 'overloaded', 'Error'],
    [
      Object.assign(new Error('x'), { code: 429, status: 'RESOURCE_EXHAUSTED' }),
      'rate_limit',
      'Error',
    ],
    [
      Object.assign(new Error('x'), { status: 400, error: { code: 'context_length_exceeded' } }),
      'context_length',
      'Error',
    ],
    [new DOMException('late', 'TimeoutError'), 'timeout', 'TimeoutError'],
    [new AggregateError([new Error('a')], 'all failed'), 'exception', 'AggregateError'],
  ])('tells kind and class of %o (E2)', (error, kind, exceptionType) => {
    expect(describeError(error)).toMatchObject({ kind, exceptionType, message: error.message });
  });

  test('looks through causes, but not for ever', () => {
    const root = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    expect(
      describeError(new Error('outer', { cause: new Error('mid', { cause: root }) })).kind,
    ).toBe('connection');
    const loop = new Error('loop');
    loop.cause = loop;
    expect(describeError(loop).kind).toBe('exception');
  });

  test('keeps the frames of the stack, and not the message in it', () => {
    const { stack } = describeError(new Error('secret\n    at nowhere'));
    expect(stack).not.toContain('secret');
    expect(stack).toMatch(/^ +at /);
    expect(describeError(Object.assign(new Error('x'), { stack: 'no frames' })).stack).toBe(null);
  });

  test('survives errors that cannot be read', () => {
    const broken = {
      get message(): string {
        throw new Error('no');
      },
    };
    expect(describeError(broken)).toEqual({
      kind: 'exception',
      message: '[unreadable]',
      exceptionType: null,
      stack: null,
    });
    expect(describeError(Object.create(null)).kind).toBe('exception');
  });
});

describe('errorData()', () => {
  test('is the data of an error event on the wire', () => {
    expect(errorData('text')).toEqual({
      kind: 'exception',
      message: 'text',
      exception_type: 'string',
    });
    const { stack, ...data } = errorData(new RateLimitError('slow'));
    expect(data).toEqual({ kind: 'rate_limit', message: 'slow', exception_type: 'RateLimitError' });
    expect(stack).toMatch(/^ +at /);
  });
});
