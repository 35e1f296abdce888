import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildDashboard } from './setup/build-dashboard.mjs';
import { checkNode } from './setup/check-node.mjs';
import { runMain } from './setup/fail.mjs';
import { installPackages } from './setup/install-packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** `npm start`: sets up what is missing, then becomes the server. Arguments go to the server. */
async function main() {
  checkNode();
  const node = await installPackages(root);
  await buildDashboard(root, node);
  return runServer(node, process.argv.slice(2));
}

/**
 * @param {string} node
 * @param {readonly string[]} args
 * @returns {Promise<number>} The server's exit code.
 */
function runServer(node, args) {
  return new Promise((resolve) => {
    const program = join(root, 'server', 'src', 'main.ts');
    const child = spawn(node, [program, ...args], { cwd: root, stdio: 'inherit' });
    passSignals(child);
    child.on('error', (error) => {
      console.error(`Cannot start the server: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (code, signal) =>
      resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']),
    );
  });
}

/**
 * The server drains on SIGTERM and SIGINT. A terminal sends Ctrl-C to the server by itself: it is not sent twice.
 *
 * @param {import('node:child_process').ChildProcess} child
 */
function passSignals(child) {
  process.on('SIGINT', () => {
    if (process.stdin.isTTY !== true) child.kill('SIGINT');
  });
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal));
  }
}

await runMain(main);
