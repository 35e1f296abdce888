import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDemo } from './demo/start-demo.mjs';
import { buildDashboard } from './setup/build-dashboard.mjs';
import { checkNode } from './setup/check-node.mjs';
import { runMain, SetupError } from './setup/fail.mjs';
import { installPackages } from './setup/install-packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** `npm start [-- --demo]`: sets up what is missing, then runs the server, with sample agents if asked for. */
async function main() {
  const unknown = process.argv.slice(2).filter((argument) => argument !== '--demo');
  if (unknown.length > 0) {
    throw new SetupError(
      `Cannot start: unknown argument ${unknown.join(' ')}; there is only --demo.`,
    );
  }
  checkNode();
  const node = await installPackages(root);
  await buildDashboard(root, node);
  return runServer(node, process.argv.includes('--demo'));
}

/**
 * @param {string} node
 * @param {boolean} withDemo
 * @returns {Promise<number>} The server's exit code.
 */
function runServer(node, withDemo) {
  return new Promise((resolve) => {
    const program = join(root, 'server', 'niitaka.mjs');
    const server = spawn(node, [program], { cwd: root, stdio: 'inherit', detached: withDemo });
    const gone = new AbortController();
    const demo = withDemo
      ? startDemo(root, node, gone.signal).catch(sayWhyNot)
      : Promise.resolve(null);
    passSignals(server, demo, withDemo);
    server.on('error', (error) => {
      console.error(`Cannot start the server: ${error.message}`);
      resolve(1);
    });
    server.on('exit', (code, signal) => {
      gone.abort();
      resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']);
    });
  });
}

/**
 * @param {Error} error
 * @returns {null}
 */
function sayWhyNot(error) {
  console.error(`Cannot run the sample agents: ${error.message}`);
  return null;
}

/**
 * The server drains on SIGTERM and SIGINT. A terminal sends Ctrl-C to the server by itself: it is not sent twice. With
 * the demo the server has a group of its own, so that the agents can end their sessions first.
 *
 * @param {import('node:child_process').ChildProcess} server
 * @param {Promise<import('./demo/start-demo.mjs').Demo | null>} demo
 * @param {boolean} withDemo
 */
function passSignals(server, demo, withDemo) {
  let stopping = false;
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, async () => {
      if (!withDemo && signal === 'SIGINT' && process.stdin.isTTY === true) return;
      if (withDemo && !stopping) {
        stopping = true;
        await demo.then((started) => started?.stop()).catch(sayWhyNot);
      }
      server.kill(signal);
    });
  }
}

await runMain(main);
