import { describe, expect, test } from 'vitest';
import { readSettings } from './settings.ts';
import { createWarn } from './warn.ts';

describe('readSettings()', () => {
  test('has a default for everything', () => {
    expect(readSettings({}, {})).toEqual({
      apiKey: null,
      apiUrl: 'http://127.0.0.1:4600',
      environment: null,
      policyFile: null,
      onUnreachable: 'decide',
      spool: true,
      captureContent: false,
      redact: null,
      exitFlushMs: 2000,
      isDisabled: false,
      isStrict: false,
    });
  });

  test('reads the environment', () => {
    const env = {
      NIITAKA_API_KEY: ' nk_a ',
      NIITAKA_URL: 'https://niitaka.example/base/',
      NIITAKA_ENV: 'staging',
      NIITAKA_DISABLED: 'true',
      NIITAKA_STRICT: '1',
    };
    expect(readSettings({}, env)).toMatchObject({
      apiKey: 'nk_a',
      apiUrl: 'https://niitaka.example/base',
      environment: 'staging',
      isDisabled: true,
      isStrict: true,
    });
  });

  test('takes an empty name for one that is not set', () => {
    const env = { NIITAKA_API_KEY: '', NIITAKA_URL: '', NIITAKA_ENV: '', NIITAKA_STRICT: '' };
    expect(readSettings({}, env)).toEqual(readSettings({}, {}));
  });

  test('lets arguments win', () => {
    const env = { NIITAKA_API_KEY: 'nk_env', NIITAKA_URL: 'http://env', NIITAKA_ENV: 'env' };
    const options = { apiKey: 'nk_arg', apiUrl: 'http://arg', environment: 'arg' };
    expect(readSettings(options, env)).toMatchObject(options);
  });

  test.each(['0', 'false', 'no', 'off', ''])('takes "%s" for off', (value) => {
    expect(readSettings({}, { NIITAKA_DISABLED: value }).isDisabled).toBe(false);
  });

  test.each([
    [{ apiUrl: 'ftp://x' }, 'apiUrl must be an http or https address: got "ftp://x"'],
    [{ apiUrl: 'localhost' }, 'apiUrl must be an http or https address'],
    [{ apiKey: 'nk a' }, 'apiKey must be printable ASCII without spaces, like nk_...'],
    [{ exitFlushSeconds: -1 }, 'exitFlushSeconds must be 0 to 60: got -1'],
    [{ exitFlushSeconds: Number.NaN }, 'exitFlushSeconds must be 0 to 60: got NaN'],
    [{ redact: 'x' as unknown as () => string }, 'redact must be a function: got "x"'],
  ])('refuses a bad option by name: %o', (options, message) => {
    expect(() => readSettings(options, {})).toThrow(TypeError);
    expect(() => readSettings(options, {})).toThrow(message);
  });

  test('never shows the key', () => {
    expect(() => readSettings({ apiKey: 'nk_sec ret' }, {})).not.toThrow('sec');
  });
});

describe('createWarn()', () => {
  test('speaks once per kind', () => {
    const told: string[] = [];
    const warn = createWarn((message, code) => told.push(`${code} ${message}`));
    warn('spool', 'a');
    warn('spool', 'b');
    warn('no_key', 'c');
    expect(told).toEqual(['NIITAKA_SPOOL a', 'NIITAKA_NO_KEY c']);
  });

  test('has an end', () => {
    let count = 0;
    const warn = createWarn(() => (count += 1));
    for (let kind = 0; kind < 5000; kind += 1) warn(String(kind), '');
    expect(count).toBe(1000);
  });
});
