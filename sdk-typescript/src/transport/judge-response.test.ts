import { describe, expect, test } from 'vitest';
import { judgeResponse, waitFor } from './judge-response.ts';

const nowMs = Date.parse('2026-01-01T00:00:00Z');
const answer = { accepted: 2, duplicates: 0, rejected: [], sessions: [] };
const judge = (status: number, text = '', retryAfter: string | null = null, count = 2) =>
  judgeResponse({ status, text, retryAfter }, count, nowMs);

describe('judgeResponse()', () => {
  test('takes a 200 whose counts add up', () => {
    expect(judge(200, JSON.stringify(answer))).toEqual({ kind: 'answered', answer });
  });

  test('does not trust a 200 that decides on fewer records', () => {
    const text = JSON.stringify({ ...answer, accepted: 1 });
    const reason = 'the server decided on 1 of 2 records';
    expect(judge(200, text)).toEqual({ kind: 'again', afterMs: 0, reason });
  });

  test.each(['', 'hello', '<html>', '[]', 'null', '{"accepted":"2"}'])(
    'never acknowledges on the word of something else: %s',
    (text) => {
      const reason = 'the answer is not one of a Niitaka server';
      expect(judge(200, text)).toEqual({ kind: 'paused', status: 200, reason });
    },
  );

  test.each([400, 413, 422])('halves on %s', (status) => {
    expect(judge(status)).toEqual({ kind: 'refused', status });
  });

  test.each([408, 425, 429, 500, 502, 503, 504])('comes again on %s', (status) => {
    const reason = `the server answered ${status}`;
    expect(judge(status, '', '7')).toEqual({ kind: 'again', afterMs: 7000, reason });
  });

  test.each([401, 403, 404, 301, 415])('pauses on %s', (status) => {
    const reason = `the server answered ${status}`;
    expect(judge(status)).toEqual({ kind: 'paused', status, reason });
  });
});

describe('waitFor()', () => {
  test.each([
    [null, 0],
    ['0', 0],
    ['2.5', 2500],
    ['-3', 0],
    ['soon', 0],
    ['999999', 300_000],
    ['Thu, 01 Jan 2026 00:00:09 GMT', 9000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
  ])('reads %s', (header, ms) => {
    expect(waitFor(header, nowMs)).toBe(ms);
  });
});
