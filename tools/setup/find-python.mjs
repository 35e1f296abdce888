import { runProgram } from './run-program.mjs';
import { installSystemPackage } from './system-package.mjs';

const probe = 'import sys; sys.exit(0 if sys.version_info >= (3, 9) else 1)';

/** The name of a Python >= 3.9, null when there is none. */
export async function findPython() {
  for (const name of ['python3', 'python']) {
    const { code } = await runProgram(name, ['-c', probe], { quiet: true });
    if (code === 0) return name;
  }
  return null;
}

/** The same, after asking the system's package manager for one where there is none. */
export async function ensurePython() {
  const found = await findPython();
  if (found !== null) {
    await ensureEnvironments(found);
    return found;
  }
  console.log('No Python >= 3.9 found: the tests of the Python SDK need one.');
  await installSystemPackage({ apt: 'python3', brew: ['python'] });
  const python = await findPython();
  if (python !== null) await ensureEnvironments(python);
  return python;
}

/**
 * Debian packs the making of virtual environments, where the tests put provider libraries, by itself.
 *
 * @param {string} python
 */
async function ensureEnvironments(python) {
  const { code } = await runProgram(python, ['-c', 'import ensurepip, venv'], { quiet: true });
  if (code === 0) return;
  console.log('This Python makes no virtual environments: the tests of the Python SDK need some.');
  await installSystemPackage({ apt: 'python3-venv', brew: [] });
}
