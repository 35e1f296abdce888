import { join } from 'node:path';
import { programSuite } from './program-suite.mjs';
import { vitestSuite } from './vitest-suite.mjs';

/**
 * @typedef {object} Place
 * @property {string} root The project's folder.
 * @property {string} node The pinned Node.
 * @property {boolean} [isQuiet] Output is kept for the end, and not streamed.
 *
 * @typedef {object} Outcome
 * @property {number} passed
 * @property {number} failed
 * @property {string} [output] What it printed, where it was not streamed.
 *
 * @typedef {object} Suite
 * @property {string} name
 * @property {boolean} [isBeside] It mostly waits: it takes turns with its like, beside the others.
 * @property {(place: Place) => Promise<Outcome>} run Streams its progress; never throws.
 */

const workspaces = ['core', 'protocol', 'server', 'sdk-typescript', 'dashboard', '.'];

/**
 * What needs no server and no browser: format, lint, types, tidy.
 *
 * @type {readonly Suite[]}
 */
export const checkSuites = [
  programSuite('format', ({ root }) => [[tool(root, 'oxfmt/bin/oxfmt'), '--check', '.']]),
  programSuite('lint', ({ root }) => [[tool(root, 'oxlint/bin/oxlint'), '--deny-warnings', '.']]),
  programSuite('types', ({ root }) =>
    workspaces.map((folder) => [tool(root, 'typescript/bin/tsc'), '-p', folder]),
  ),
  vitestSuite('tidy', ['--project', 'tools', 'tools/tidy']),
];

/**
 * @param {string} root
 * @param {string} path
 */
function tool(root, path) {
  return join(root, 'node_modules', path);
}
