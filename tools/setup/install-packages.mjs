import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './fail.mjs';
import { runProgram } from './run-program.mjs';

/**
 * Makes `node_modules` what the lock file says and answers the path of the pinned Node. Does nothing when it is so
 * already.
 *
 * @param {string} root The project's folder.
 * @returns {Promise<string>}
 */
export async function installPackages(root) {
  const node = pinnedNode(root);
  if (!isInstalled(root)) {
    console.log('Installing packages from package-lock.json …');
    for (const args of steps) await install(root, args);
  }
  const { code, output } = await runProgram(node, ['--version'], { quiet: true });
  if (code === 0) return node;
  throw new SetupError(
    `Cannot start the pinned Node at ${node}: ${output.trim()}. Delete node_modules and try again.`,
  );
}

/**
 * Only the package that fetches the pinned Node runs its script: npm would else compile the database driver, which
 * brings its own binaries, and fail where there is no compiler.
 */
const steps = [
  ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
  ['rebuild', 'node', '--ignore-scripts=false', '--loglevel=error'],
];

/**
 * @param {string} root
 * @param {readonly string[]} args
 */
async function install(root, args) {
  const { code } = await runNpm(root, args);
  if (code === 0) return;
  throw new SetupError(
    `Cannot install packages: npm ${args[0]} ended with code ${code}. Its messages stand above; without a network the packages must be in npm's cache.`,
  );
}

/** @param {string} root */
export function pinnedNode(root) {
  return join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
}

/**
 * Whether npm's own record of the last install holds every package of the lock file. npm writes that record last, so
 * an install that was cut off counts as none.
 *
 * @param {string} root
 */
function isInstalled(root) {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record) || !existsSync(pinnedNode(root))) return false;
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const found = packagesOf(record);
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes('node_modules/') || entry.link === true || entry.optional === true)
      return true;
    return found[path]?.version === entry.version;
  });
}

/**
 * @typedef {{ version?: string, link?: boolean, optional?: boolean }} LockEntry
 * @param {string} path
 * @returns {Record<string, LockEntry>}
 */
function packagesOf(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages ?? {};
}

/**
 * @param {string} root
 * @param {readonly string[]} args
 */
function runNpm(root, args) {
  const script = process.env['npm_execpath'] ?? '';
  const isNpm = /npm-cli\.c?js$/.test(script);
  const command = isNpm ? process.execPath : 'npm';
  return runProgram(command, isNpm ? [script, ...args] : args, { cwd: root });
}
