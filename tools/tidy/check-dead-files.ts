import { posix } from 'node:path';
import { resolveImport } from './imports.ts';
import { parseScript } from './parse-script.ts';
import { isScript, isTest, type TreeFile } from './tree.ts';

/** Where programs begin. */
const entry =
  /^(?:server\/niitaka\.mjs|dashboard\/src\/app\/main\.tsx|(?:tools|bench|faults|samples)\/[^/]+\.(?:ts|mjs)|sdk-typescript\/src\/(?:index|cli|testing)\.ts|(?:.+\/)?(?:vite|vitest)\.config\.ts)$/;

/** Scripts, data and Python modules that no program reaches. */
export function checkDeadFiles(files: readonly TreeFile[]): readonly string[] {
  const reached = reachedFrom(files, (path) => entry.test(path));
  const candidates = files.filter(({ path }) => isScript(path) && !isTest(path));
  const dead = candidates.filter(({ path }) => !reached.has(path));
  return [
    ...dead.map(({ path }) => `${path}: no program imports it`),
    ...deadPython(files).map((path) => `${path}: no module imports it`),
  ];
}

function reachedFrom(files: readonly TreeFile[], isRoot: (path: string) => boolean): Set<string> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = new Set<string>();
  const open = files.filter(({ path }) => isRoot(path)).map(({ path }) => path);
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const file = byPath.get(path);
    if (file === undefined || reached.has(path)) continue;
    reached.add(path);
    if (isScript(path)) open.push(...targetsOf(file));
  }
  return reached;
}

/** What a script leads to: its imports, and programs that it names by a literal path. */
function targetsOf(file: TreeFile): readonly string[] {
  const { imports, references, code } = parseScript(file);
  const imported = [...imports, ...references].map((name) => resolveImport(file.path, name));
  const named = [...code.matchAll(/['"`]([\w./-]+\.(?:ts|tsx|mjs))['"`]/g)].map(
    (match) => match[1] ?? '',
  );
  const beside = named.map((name) => posix.join(posix.dirname(file.path), name));
  return [...imported.filter((path) => path !== null), ...named, ...beside];
}

function deadPython(files: readonly TreeFile[]): readonly string[] {
  const modules = files.filter(({ path }) =>
    /^sdk-python\/src\/niitaka\/(?:.+\/)?_[a-z]\w*\.py$/.test(path),
  );
  const texts = files.filter(({ path }) => path.endsWith('.py') && !isTest(path));
  return modules
    .map(({ path }) => path)
    .filter((path) => {
      const name = posix.basename(path, '.py');
      const used = new RegExp(`(?:from|import)\\b[^\\n]*\\b${name}\\b|^\\s+${name},?$`, 'm');
      return !texts.some((file) => file.path !== path && used.test(file.text));
    });
}
