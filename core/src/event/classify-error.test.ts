import { describe, expect, test } from 'vitest';
import { classifyError, errorKinds, type ErrorFacts } from './classify-error.ts';
import table from './error-kinds.json' with { type: 'json' };

const cases: readonly (readonly [string, ErrorFacts, string])[] = [
  ['a 429', { status: 429 }, 'rate_limit'],
  ['a 408', { status: 408 }, 'timeout'],
  ['a 401', { status: 401 }, 'authentication'],
  ['a 403', { status: 403 }, 'permission'],
  ['a 404', { status: 404 }, 'not_found'],
  ['a 529', { status: 529 }, 'overloaded'],
  ['an unlisted 4xx', { status: 418 }, 'invalid_request'],
  ['an unlisted 5xx', { status: 599 }, 'server_error'],
  ['a status that is no error', { status: 200 }, 'exception'],
  ['status 0', { status: 0 }, 'exception'],
  ['a refused connection', { codes: ['ECONNREFUSED'] }, 'connection'],
  [
    'a provider code before the status',
    { status: 400, codes: ['content_filter'] },
    'content_filter',
  ],
  ['a code in the body of a stream', { status: 200, codes: ['overloaded_error'] }, 'overloaded'],
  [
    'an exact status before a broader class',
    { status: 529, classNames: ['InternalServerError', 'APIStatusError'] },
    'overloaded',
  ],
  ['a class name', { classNames: ['APIConnectionError', 'APIError', 'Error'] }, 'connection'],
  ['a derived class by its base', { classNames: ['MyTimeout', 'TimeoutError'] }, 'timeout'],
  ['a cancelled task', { classNames: ['CancelledError'] }, 'cancelled'],
  ['a class name before the family', { status: 451, classNames: ['RateLimitError'] }, 'rate_limit'],
  [
    'a prompt that is too long',
    { status: 400, message: 'Prompt is too long: 210000 tokens > 200000 maximum' },
    'context_length',
  ],
  [
    'a too long prompt without a status',
    { classNames: ['BadRequestError'], message: "This model's maximum context length is 8192" },
    'context_length',
  ],
  ['the phrase in another failure', { message: 'context window closed' }, 'exception'],
  ['names of Object.prototype', { codes: ['constructor'], classNames: ['toString'] }, 'exception'],
  ['nothing known', {}, 'exception'],
  ['nulls', { status: null, message: null }, 'exception'],
];

describe('classifyError()', () => {
  test.each(cases)('tells %s (E2)', (_name, facts, kind) => {
    expect(classifyError(facts)).toBe(kind);
  });
});

describe('error-kinds.json', () => {
  test('lists the kinds of E2 and maps to no other (E2)', () => {
    expect(errorKinds).toEqual([
      'rate_limit',
      'timeout',
      'connection',
      'server_error',
      'overloaded',
      'invalid_request',
      'context_length',
      'authentication',
      'permission',
      'not_found',
      'content_filter',
      'cancelled',
      'exception',
    ]);
    const { codes, statuses, class_names, status_families } = table;
    const used = [codes, statuses, class_names, status_families].flatMap((t) => Object.values(t));
    expect(used.filter((kind) => !errorKinds.some((known) => known === kind))).toEqual([]);
  });
});
