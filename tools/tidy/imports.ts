import { posix } from 'node:path';

/** The project's path that an import leads to, null for packages and Node itself. */
export function resolveImport(from: string, name: string): string | null {
  if (name.startsWith('.')) return posix.join(posix.dirname(from), name.replace(/\?.*$/, ''));
  const workspace = /^@niitaka\/(core|protocol|server|dashboard)\/(.+)$/.exec(name);
  if (workspace !== null) return `${workspace[1]}/src/${workspace[2]}`;
  return name === 'niitaka' ? 'sdk-typescript/src/index.ts' : null;
}
