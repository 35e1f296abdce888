import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './fail.mjs';
import { runProgram } from './run-program.mjs';

const sources = [
  'dashboard/index.html',
  'dashboard/vite.config.ts',
  'dashboard/src',
  'dashboard/public',
  'core/src',
  'protocol/src',
  'package-lock.json',
];

/**
 * Builds the pages into `dashboard/dist` unless they were built from these very sources.
 *
 * @param {string} root The project's folder.
 * @param {string} node The pinned Node.
 */
export async function buildDashboard(root, node) {
  const stamp = join(root, 'dashboard', 'dist', '.built-from');
  const digest = digestOf(root);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  console.log('Building the dashboard …');
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const { code, output } = await runProgram(node, [vite, 'build', '--logLevel', 'warn'], {
    cwd: join(root, 'dashboard'),
    env: { NODE_ENV: 'production' },
    quiet: true,
  });
  if (code !== 0)
    throw new SetupError(`Cannot build the dashboard (code ${code}):\n${output.trim()}`);
  writeFileSync(stamp, digest);
}

/** @param {string} root */
function digestOf(root) {
  const hash = createHash('sha256');
  for (const source of sources) addTo(hash, root, source);
  return hash.digest('hex');
}

/**
 * @param {import('node:crypto').Hash} hash
 * @param {string} root
 * @param {string} path
 */
function addTo(hash, root, path) {
  const full = join(root, path);
  if (!existsSync(full) || /\.test\.tsx?$/.test(path)) return;
  const names = listOf(full);
  if (names === null) hash.update(`${path}\0`).update(readFileSync(full));
  else for (const name of names) addTo(hash, root, `${path}/${name}`);
}

/**
 * @param {string} path
 * @returns {string[] | null} The sorted names in a folder, null for a file.
 */
function listOf(path) {
  try {
    return readdirSync(path).sort();
  } catch {
    return null;
  }
}
