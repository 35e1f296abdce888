import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decideConfig, environmentNames, gatherConfig } from './config.ts';

function decide(environment: Record<string, string>) {
  return decideConfig(gatherConfig(environment));
}

function problemsOf(environment: Record<string, string>): readonly string[] {
  const decision = decide(environment);
  return decision.ok ? [] : decision.problems;
}

describe('decideConfig()', () => {
  test('has a default for everything', () => {
    expect(decide({ PATH: '/bin', NIITAKA_HOST: '  ' })).toEqual({
      ok: true,
      config: {
        host: '127.0.0.1',
        port: 4600,
        dataDir: resolve('data'),
        databaseUrl: null,
        listenUrl: null,
        publicUrl: null,
        basePath: '/',
        initialKey: null,
        staleAfterMs: 300_000,
        retention: [],
        logLevel: 'info',
        allowedHosts: [],
        trustedProxies: [],
      },
    });
  });

  test('reads every name', () => {
    const key = `nk_${'a'.repeat(32)}`;
    const decision = decide({
      NIITAKA_HOST: '0.0.0.0',
      NIITAKA_PORT: '0',
      NIITAKA_DATA: '/srv/niitaka',
      DATABASE_URL: 'postgres://a:b@pool/n',
      NIITAKA_LISTEN_URL: 'postgresql://a:b@db/n',
      NIITAKA_PUBLIC_URL: 'https://ops.example.com/niitaka/',
      NIITAKA_INITIAL_KEY: key,
      NIITAKA_STALE_AFTER: '30',
      NIITAKA_RETENTION_DAYS: '90, staging=7',
      NIITAKA_LOG_LEVEL: 'warn',
      NIITAKA_ALLOWED_HOSTS: 'Niitaka.local, 10.0.0.5',
      NIITAKA_TRUSTED_PROXIES: '10.0.0.0/8,::1',
    });
    expect(decision).toEqual({
      ok: true,
      config: {
        host: '0.0.0.0',
        port: 0,
        dataDir: '/srv/niitaka',
        databaseUrl: 'postgres://a:b@pool/n',
        listenUrl: 'postgresql://a:b@db/n',
        publicUrl: 'https://ops.example.com/niitaka',
        basePath: '/niitaka/',
        initialKey: key,
        staleAfterMs: 30_000,
        retention: [
          { environment: null, days: 90 },
          { environment: 'staging', days: 7 },
        ],
        logLevel: 'warn',
        allowedHosts: ['niitaka.local', '10.0.0.5'],
        trustedProxies: ['10.0.0.0/8', '::1'],
      },
    });
  });

  test.each<readonly [string, string, string]>([
    ['NIITAKA_PORT', '70000', 'a whole number from 0 to 65535: found "70000"'],
    ['NIITAKA_PORT', '46o0', 'a whole number from 0 to 65535: found "46o0"'],
    ['NIITAKA_HOST', 'a b', 'an address such as 127.0.0.1 or 0.0.0.0: found "a b"'],
    [
      'NIITAKA_PUBLIC_URL',
      'niitaka.example.com',
      'a http(s) address such as https://niitaka.example.com: found "niitaka.example.com"',
    ],
    ['NIITAKA_STALE_AFTER', '29', 'a whole number of seconds from 30 to 86400: found "29"'],
    ...['0', 'week', '36501', '7,8', 'a=7,a=8', '=7', 'a='].map(
      (text) =>
        [
          'NIITAKA_RETENTION_DAYS',
          text,
          `days from 1 to 36500, such as 90 or 90,staging=7: found ${JSON.stringify(text)}`,
        ] as const,
    ),
    ['NIITAKA_LOG_LEVEL', 'loud', 'one of fatal, error, warn, info, debug, silent: found "loud"'],
    [
      'NIITAKA_ALLOWED_HOSTS',
      'http://a',
      'host names without port, with commas between: found "http://a"',
    ],
    [
      'NIITAKA_TRUSTED_PROXIES',
      '10.0.0.0/33',
      'addresses or networks such as 10.0.0.0/8, with commas between: found "10.0.0.0/33"',
    ],
  ])('refuses %s=%s and says what is wanted', (name, text, wanted) => {
    expect(problemsOf({ [name]: text })).toEqual([`${name} must be ${wanted}`]);
  });

  test('never shows a secret, and tells every problem at once', () => {
    expect(problemsOf({ NIITAKA_INITIAL_KEY: 'hunter2', DATABASE_URL: 'mysql://u:p@h/d' })).toEqual(
      [
        'DATABASE_URL must be an address such as postgres://user:password@host:5432/niitaka: found 15 characters',
        'NIITAKA_INITIAL_KEY must be nk_ and 32 to 197 letters, digits, - or _: found 7 characters',
      ],
    );
  });
});

test('environmentNames holds at most 20 names', () => {
  expect(Object.keys(environmentNames).length).toBeLessThanOrEqual(20);
});
