import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../setup/run-program.mjs';

/**
 * A suite that Vitest runs; counted from its JSON report, because its text is for people.
 *
 * @param {string} name
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {import('./check-suites.mjs').Suite}
 */
export function vitestSuite(name, args, env = {}) {
  return {
    name,
    run: async ({ root, node, isQuiet: quiet = false }) => {
      const folder = mkdtempSync(join(tmpdir(), 'niitaka-test-'));
      const report = join(folder, 'report.json');
      const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
      const { code, output } = await runProgram(node, [vitest, 'run', ...reporters, ...args], {
        cwd: root,
        env,
        quiet,
      });
      const outcome = countReport(readReport(report), code);
      rmSync(folder, { recursive: true, force: true });
      return quiet ? { ...outcome, output } : outcome;
    },
  };
}

/**
 * @typedef {object} Report
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {{ status: string, assertionResults: unknown[] }[]} testResults
 *
 * The counts of a report; null, or an exit code that the counts do not explain, is one failure more. A file that
 * fails before its first test counts as one failed test.
 *
 * @param {Report | null} report
 * @param {number} code
 * @returns {import('./check-suites.mjs').Outcome}
 */
export function countReport(report, code) {
  if (report === null) return { passed: 0, failed: 1 };
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  const failed = report.numFailedTests + brokenFiles.length;
  const unexplained = failed === 0 && (code !== 0 || report.numPassedTests === 0);
  return { passed: report.numPassedTests, failed: unexplained ? 1 : failed };
}

/**
 * @param {string} path
 * @returns {Report | null}
 */
function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}
