import { anything, assert, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ContentFilter } from './content-filter.ts';
import { redactionFailed, type Redact } from './redact-json.ts';
import { textLimitBytes, tidyJson } from './tidy-json.ts';

function filter(redact: Redact | null) {
  const warnings: string[] = [];
  const warn = (kind: string) => void warnings.push(kind);
  return { filter: new ContentFilter({ captureContent: false, redact, warn }), warnings };
}

describe('tidyJson()', () => {
  test('returns what fits as it is', () => {
    const value = { a: [1, 'x', null, true], b: { c: undefined } };
    expect(tidyJson(value, 'data').value).toBe(value);
  });

  test('tells what JSON cannot carry', () => {
    const cyclic: Record<string, unknown> = { big: 10n ** 20n, when: new Date(0), not: Number.NaN };
    cyclic['self'] = cyclic;
    cyclic['fn'] = () => 1;
    cyclic['map'] = new Map([['k', new Set([1])]]);
    cyclic['bytes'] = new Uint8Array(5);
    cyclic['error'] = new TypeError('bad');
    expect(tidyJson(cyclic, 'data').value).toEqual({
      big: '100000000000000000000',
      when: '1970-01-01T00:00:00.000Z',
      not: 'NaN',
      self: '[circular]',
      fn: '[function]',
      map: { k: [1] },
      bytes: '[5 bytes]',
      error: { name: 'TypeError', message: 'bad' },
    });
  });

  test('survives getters and toJSON that throw', () => {
    const bad = {
      get broken(): string {
        throw new Error('no');
      },
      nested: {
        toJSON() {
          throw new Error('no');
        },
      },
    };
    expect(tidyJson(bad, 'data').value).toEqual({ broken: '[unreadable]', nested: '[unreadable]' });
  });

  test('cuts text at 64 KiB on the border of a character, and lists it (E7)', () => {
    const text = 'é'.repeat(40_000);
    const { value, cuts } = tidyJson({ deep: { text } }, 'data');
    const kept = (value as { deep: { text: string } }).deep.text;
    expect(Buffer.byteLength(kept)).toBe(textLimitBytes);
    expect(cuts).toEqual([{ path: 'data.deep.text', bytes: 80_000 }]);
    const three = tidyJson('東'.repeat(30_000), 'goal').value as string;
    expect(Buffer.byteLength(three)).toBe(65_535);
    expect(three.endsWith('東')).toBe(true);
  });

  test('keeps within 512 keys and the depth of 32 (E7)', () => {
    const wide = Object.fromEntries(Array.from({ length: 600 }, (_, at) => [`k${at}`, at]));
    const { value, cuts } = tidyJson(wide, 'data');
    expect(Object.keys(value as object).length).toBe(512);
    expect(cuts).toEqual([{ path: 'data', bytes: 600 }]);
    let deep: unknown = 'bottom';
    for (let level = 0; level < 60; level += 1) deep = { deep };
    const json = JSON.stringify(tidyJson(deep, 'data').value);
    expect(json).toContain('[left out: too deep]');
    expect(json.split('{').length).toBeLessThanOrEqual(31);
  });

  test('makes JSON of anything', () => {
    assert(
      property(
        anything({ withBigInt: true, withMap: true, withSet: true, withDate: true }),
        (value) => {
          const { value: tidy } = tidyJson({ value }, 'data');
          expect(() => JSON.stringify(tidy)).not.toThrow();
        },
      ),
    );
  });
});

describe('ContentFilter.pass()', () => {
  test('shows every leaf to the redactor, with its path', () => {
    const seen: [string, unknown][] = [];
    const { filter: it } = filter((path, value) => {
      seen.push([path, value]);
      return value;
    });
    const { value } = it.passObject({ a: 'x', list: [1, { b: true }], none: null }, 'data');
    expect(value).toEqual({ a: 'x', list: [1, { b: true }], none: null });
    expect(seen).toEqual([
      ['data.a', 'x'],
      ['data.list.0', 1],
      ['data.list.1.b', true],
    ]);
  });

  test('leaves out what the redactor leaves out', () => {
    const { filter: it } = filter((path, value) => (path === 'data.card' ? undefined : value));
    expect(JSON.stringify(it.passObject({ card: '4111', ok: 1 }, 'data').value)).toBe('{"ok":1}');
    expect(it.passText('x', 'data.card')).toBe(undefined);
  });

  test('drops the content of a failing redactor, not the record', () => {
    const { filter: it, warnings } = filter(() => {
      throw new Error('the secret is 4711');
    });
    expect(it.passObject({ a: 'secret' }, 'data').value).toEqual({ a: redactionFailed });
    expect(it.passText('secret', 'goal')).toBe(redactionFailed);
    expect(warnings).toEqual(['redact', 'redact']);
  });

  test('does not send the promise of an async redactor', () => {
    const { filter: it } = filter(() => Promise.resolve('later'));
    expect(it.passText('secret', 'goal')).toBe(redactionFailed);
  });

  test('takes anything that a redactor answers', () => {
    const { filter: it } = filter(() => 10n);
    expect(it.passObject({ a: 'x' }, 'data').value).toEqual({ a: '10' });
  });
});
