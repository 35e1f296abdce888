import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installSystemPackage } from './system-package.mjs';

/** Where distributions keep the programs of a version, outside of PATH. */
const versioned = ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt', '/usr'];

/** The folder with `initdb` and `postgres` of the newest version found; null when there is none. */
export function findPostgres() {
  const onPath = (process.env['PATH'] ?? '').split(delimiter);
  const folders = versioned.flatMap((place) =>
    namesIn(place).map((name) => join(place, name, 'bin')),
  );
  return [...folders, ...onPath].find(hasPrograms) ?? null;
}

/** The same, after asking the system's package manager for one where there is none. */
export async function ensurePostgres() {
  const found = findPostgres();
  if (found !== null) return found;
  console.log('No PostgreSQL found: the tests of its engine need one.');
  await installSystemPackage({ apt: 'postgresql', brew: ['postgresql@17'] });
  return findPostgres();
}

/**
 * Versions, the newest first.
 *
 * @param {string} place
 */
function namesIn(place) {
  if (!existsSync(place)) return [];
  const names = readdirSync(place).filter((name) => /^(postgresql@|pgsql-)?\d+$/.test(name));
  return names.toSorted((a, b) => version(b) - version(a));
}

/** @param {string} name */
function version(name) {
  return Number(/\d+$/.exec(name)?.[0] ?? 0);
}

/** @param {string} folder */
function hasPrograms(folder) {
  return existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'));
}
