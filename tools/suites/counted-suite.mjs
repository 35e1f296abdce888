import { runProgram } from '../setup/run-program.mjs';

/**
 * A suite of any program that prints `N passed, N failed` as its last line.
 *
 * @param {string} name
 * @param {(place: import('./check-suites.mjs').Place) => string[]} commandOf The program and its arguments.
 * @returns {import('./check-suites.mjs').Suite}
 */
export function countedSuite(name, commandOf) {
  return {
    name,
    run: async (place) => {
      const [command = '', ...args] = commandOf(place);
      const quiet = place.isQuiet === true;
      const { code, output } = await runProgram(command, args, { cwd: place.root, quiet });
      const counts = countLastLine(output, code);
      return quiet ? { ...counts, output } : counts;
    },
  };
}

/**
 * The counts in the last such line of an output (the two streams may mix); a missing line, or an exit code that the counts do not explain, is one
 * failure.
 *
 * @param {string} output
 * @param {number} code
 * @returns {import('./check-suites.mjs').Outcome}
 */
export function countLastLine(output, code) {
  const counts = [...output.matchAll(/^(\d+) passed, (\d+) failed\s*$/gm)].at(-1) ?? null;
  if (counts === null) return { passed: 0, failed: 1 };
  const [passed, failed] = [Number(counts[1]), Number(counts[2])];
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed };
}
