import { fileURLToPath } from 'node:url';
import { checkNode } from './setup/check-node.mjs';
import { runMain } from './setup/fail.mjs';
import { installPackages } from './setup/install-packages.mjs';
import { checkSuites } from './suites/check-suites.mjs';
import { passSignalsToPrograms } from './setup/run-program.mjs';
import { runSuites } from './suites/run-suites.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** `npm run check`: what must hold for every commit, in under a minute. */
await runMain(async () => {
  passSignalsToPrograms();
  checkNode();
  const node = await installPackages(root);
  return runSuites(checkSuites, { root, node });
});
