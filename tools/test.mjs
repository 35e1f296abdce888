import { fileURLToPath } from 'node:url';
import { buildDashboard } from './setup/build-dashboard.mjs';
import { checkNode } from './setup/check-node.mjs';
import { runMain, SetupError } from './setup/fail.mjs';
import { ensureChromium } from './setup/find-chromium.mjs';
import { ensurePostgres } from './setup/find-postgres.mjs';
import { ensurePython } from './setup/find-python.mjs';
import { installPackages } from './setup/install-packages.mjs';
import { checkSuites } from './suites/check-suites.mjs';
import { countedSuite } from './suites/counted-suite.mjs';
import { passSignalsToPrograms } from './setup/run-program.mjs';
import { runSuites } from './suites/run-suites.mjs';
import { vitestSuite } from './suites/vitest-suite.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What runs besides the checks; a suite whose program is missing fails, it is never left out. */
const testSuites = [
  ...['core', 'protocol', 'sdk-typescript', 'dashboard', 'tools', 'samples', 'bench'].map((name) =>
    vitestSuite(name, ['--project', name, '--exclude', 'tools/tidy**']),
  ),
  withPostgres(vitestSuite('server', ['--project', 'server'])),
  // What callers see is the same on both engines.
  withPostgres(
    vitestSuite('server-postgres', ['--project', 'server', 'server/src/http'], {
      NIITAKA_TEST_ENGINE: 'postgres',
    }),
  ),
  pythonSuite(),
  pageSuite(),
  withPostgres({
    ...countedSuite('faults', ({ node }) => [node, 'faults/run.ts', '--short']),
    isBeside: true,
  }),
];

/** `npm test [-- SUITE…]`: sets up what is missing, runs every suite (or those named), ends with the sum. */
async function main() {
  passSignalsToPrograms();
  checkNode();
  const node = await installPackages(root);
  const suites = chosen([...checkSuites, ...testSuites], process.argv.slice(2));
  return runSuites(suites, { root, node });
}

/**
 * @param {import('./suites/check-suites.mjs').Suite} suite
 * @returns {import('./suites/check-suites.mjs').Suite}
 */
function withPostgres(suite) {
  return {
    ...suite,
    run: async (place) => {
      if ((await ensurePostgres()) === null) return missing('PostgreSQL >= 15');
      return suite.run(place);
    },
  };
}

/** @returns {import('./suites/check-suites.mjs').Suite} */
function pythonSuite() {
  return {
    name: 'sdk-python',
    isBeside: true,
    run: async (place) => {
      const python = await ensurePython();
      if (python === null) return missing('Python >= 3.9');
      return countedSuite('', () => [python, 'sdk-python/run_tests.py']).run(place);
    },
  };
}

/** @returns {import('./suites/check-suites.mjs').Suite} */
function pageSuite() {
  return {
    name: 'pages',
    run: async (place) => {
      const chromium = await ensureChromium();
      if (chromium === null) return missing('Chromium');
      const built = await buildDashboard(place.root, place.node).then(
        () => true,
        (error) => {
          console.error(error.message);
          return false;
        },
      );
      if (!built) return { passed: 0, failed: 1 };
      return vitestSuite('', ['--project', 'e2e'], { NIITAKA_TEST_CHROMIUM: chromium }).run(place);
    },
  };
}

/** @param {string} what */
function missing(what) {
  console.error(`Cannot run: ${what} was not found and the system's package manager gave none.`);
  return { passed: 0, failed: 1 };
}

/**
 * @param {import('./suites/check-suites.mjs').Suite[]} suites
 * @param {readonly string[]} names
 */
function chosen(suites, names) {
  if (names.length === 0) return suites;
  const unknown = names.filter((name) => suites.every((suite) => suite.name !== name));
  if (unknown.length === 0) return suites.filter((suite) => names.includes(suite.name));
  const known = suites.map((suite) => suite.name).join(', ');
  throw new SetupError(`Cannot run ${unknown.join(', ')}: the suites are ${known}`);
}

await runMain(main);
