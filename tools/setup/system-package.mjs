import { runProgram } from './run-program.mjs';

/**
 * Asks the system's package manager for a package: apt-get as root or with sudo that needs no password, Homebrew on
 * macOS. Answers whether it was installed; says what it tries.
 *
 * @param {{ apt: string, brew: readonly string[] }} names
 */
export async function installSystemPackage(names) {
  if (process.platform === 'darwin') return ran('brew', ['install', ...names.brew]);
  const [command, ...prefix] = process.getuid?.() === 0 ? ['apt-get'] : ['sudo', '-n', 'apt-get'];
  if (command === undefined) return false;
  const install = ['install', '-y', '-qq', '--no-install-recommends', names.apt];
  return (
    (await ran(command, [...prefix, 'update', '-qq'])) && ran(command, [...prefix, ...install])
  );
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
async function ran(command, args) {
  console.log(`Running ${[command, ...args].join(' ')} …`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const { code, output } = await runProgram(command, args, { env, quiet: true });
  if (code !== 0) console.log(output.trim());
  return code === 0;
}
