import { SetupError } from './fail.mjs';

const wanted = [20, 19];

/**
 * Refuses a Node that is too old to set the project up.
 *
 * @param {string} found The running Node's version, such as `20.19.0`.
 */
export function checkNode(found = process.versions.node) {
  const [major = 0, minor = 0] = found.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = wanted;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  throw new SetupError(
    `Cannot run on Node ${found}: Node >= ${wanted.join('.')} is needed. Install it from https://nodejs.org and try again.`,
  );
}
