import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkNode } from './setup/check-node.mjs';
import { runMain } from './setup/fail.mjs';
import { installPackages } from './setup/install-packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** `npm run dev`: the server, started again when its code changes, and the pages as Vite serves them while they change. */
async function main() {
  checkNode();
  const node = await installPackages(root);
  const programs = [
    ['--watch-preserve-output', '--watch', join(root, 'server/niitaka.mjs')],
    [join(root, 'node_modules/vite/bin/vite.js'), join(root, 'dashboard')],
  ];
  const children = programs.map((args) => spawn(node, args, { cwd: root, stdio: 'inherit' }));
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
    process.on(signal, () => children.forEach((child) => child.kill(signal)));
  }
  const codes = await Promise.all(children.map(exitCode));
  return Math.max(...codes);
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number>}
 */
function exitCode(child) {
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 0)));
}

await runMain(main);
