import { describe, expect, test, vi } from 'vitest';
import { checkNode } from '../setup/check-node.mjs';
import { countLastLine } from './counted-suite.mjs';
import { runSuites } from './run-suites.mjs';
import { countReport } from './vitest-suite.mjs';

const report = (numPassedTests: number, numFailedTests: number, broken = 0) => ({
  numPassedTests,
  numFailedTests,
  testResults: Array.from({ length: broken }, () => ({ status: 'failed', assertionResults: [] })),
});

describe('countLastLine()', () => {
  test.each([
    ['fine\n12 passed, 0 failed\n', 0, { passed: 12, failed: 0 }],
    ['3 passed, 2 failed', 1, { passed: 3, failed: 2 }],
    ['12 passed, 0 failed', 1, { passed: 12, failed: 1 }],
    ['12 passed, 0 failed\nTraceback', 1, { passed: 12, failed: 1 }],
    ['test_a: 1 passed, 0 failed, 0.1 s', 0, { passed: 0, failed: 1 }],
    ['', 0, { passed: 0, failed: 1 }],
  ])('reads %j with exit code %i', (output, code, expected) => {
    expect(countLastLine(output, code)).toEqual(expected);
  });
});

describe('countReport()', () => {
  test.each([
    ['all passed', report(5, 0), 0, { passed: 5, failed: 0 }],
    ['some failed', report(5, 2), 1, { passed: 5, failed: 2 }],
    ['a file that did not load', report(5, 0, 1), 1, { passed: 5, failed: 1 }],
    ['an error outside of any test', report(5, 0), 1, { passed: 5, failed: 1 }],
    ['no test at all', report(0, 0), 0, { passed: 0, failed: 1 }],
    ['no report', null, 0, { passed: 0, failed: 1 }],
  ])('counts %s', (_name, found, code, expected) => {
    expect(countReport(found, code)).toEqual(expected);
  });
});

describe('runSuites()', () => {
  test('adds up suites that take turns and those beside them, and fails where one failed', async () => {
    const said: string[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation((text: string) => void said.push(text));
    const order: string[] = [];
    const suite = (name: string, failed: number, isBeside = false) => ({
      name,
      isBeside,
      run: async ({ isQuiet = false }: { isQuiet?: boolean }) => {
        order.push(`${name} ${isQuiet}`);
        await new Promise(setImmediate);
        order.push(`end of ${name}`);
        return { passed: 2, failed, ...(isQuiet ? { output: `${name} said` } : {}) };
      },
    });
    const place = { root: '.', node: 'node' };
    const suites = [suite('one', 0), suite('beside', 1, true), suite('two', 0)];
    suites.push(suite('after', 0, true));
    expect(await runSuites(suites, place)).toBe(1);
    expect(await runSuites([suite('alone', 0, true)], place)).toBe(0);
    log.mockRestore();
    expect(order.indexOf('beside true')).toBeLessThan(order.indexOf('end of one'));
    expect(order.indexOf('end of one')).toBeLessThan(order.indexOf('two false'));
    expect(order.indexOf('end of beside')).toBeLessThan(order.indexOf('after true'));
    expect(order.slice(-2)).toEqual(['alone false', 'end of alone']);
    expect(said).toContain('beside said');
    expect(said.find((text) => text.endsWith('8 passed, 1 failed'))).toBeDefined();
  });
});

describe('checkNode()', () => {
  test('refuses what is too old, in one sentence', () => {
    expect(() => checkNode('20.18.1')).toThrow(
      'Cannot run on Node 20.18.1: Node >= 20.19 is needed.',
    );
    expect(() => checkNode('18.20.0')).toThrow('Cannot run on Node 18.20.0');
    expect(checkNode('20.19.0')).toBeUndefined();
    expect(checkNode('24.0.0')).toBeUndefined();
  });
});
