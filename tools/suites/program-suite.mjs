import { runProgram } from '../setup/run-program.mjs';

/**
 * A suite of programs for the pinned Node, each of which counts as one test that passes with exit code 0.
 *
 * @param {string} name
 * @param {(place: import('./check-suites.mjs').Place) => string[][]} programs
 * @returns {import('./check-suites.mjs').Suite}
 */
export function programSuite(name, programs) {
  return {
    name,
    run: async (place) => {
      const outcome = { passed: 0, failed: 0 };
      for (const args of programs(place)) {
        const { code } = await runProgram(place.node, args, { cwd: place.root });
        if (code === 0) outcome.passed += 1;
        else outcome.failed += 1;
      }
      return outcome;
    },
  };
}
