import { parseScript } from './parse-script.ts';
import { pythonExports } from './python-source.ts';
import { isScript, isTest, type TreeFile } from './tree.ts';

const documented = ['core/src/', 'protocol/src/', 'sdk-typescript/src/', 'sdk-python/src/'];
const needed = [
  'README.md',
  'ARCHITECTURE.md',
  'STYLE.md',
  'CHANGELOG.md',
  'LICENSE',
  'docs/rules.md',
];

/** Chapters of docs/rules.md that hold all their rules; the others grow with what is built. */
const completeChapters = new Set<string | undefined>(['S', 'E', 'C', 'D', 'O']);

/** Exports of the public floors without a sentence that says what they promise. */
export function checkDocstrings(files: readonly TreeFile[]): readonly string[] {
  const held = files.filter(
    ({ path }) => documented.some((start) => path.startsWith(start)) && !isTest(path),
  );
  const passedOn = namesPassedOn(files);
  return held.flatMap((file) =>
    exportsOf(file, passedOn)
      .filter((found) => !found.documented)
      .map(({ name, line }) => `${file.path}:${line}: ${name} has no docstring`),
  );
}

/** Documents that are not there, and cited rules that a complete chapter of docs/rules.md has not. */
export function checkDocuments(files: readonly TreeFile[]): readonly string[] {
  const paths = new Set(files.map(({ path }) => path));
  const missing = needed.filter((path) => !paths.has(path)).map((path) => `${path}: is missing`);
  const rules = files.find(({ path }) => path === 'docs/rules.md')?.text ?? '';
  const known = new Set([...rules.matchAll(/\*\*([A-Z]\d+)\*\*/g)].map((match) => match[1]));
  const cited = files.filter(({ path }) => /\.(?:tsx?|py)$/.test(path)).flatMap(citations);
  const unknown = cited.filter(({ rule }) => completeChapters.has(rule[0]) && !known.has(rule));
  return [
    ...missing,
    ...unknown.map(({ path, rule }) => `${path}: cites ${rule}, which docs/rules.md has not`),
  ];
}

function exportsOf(file: TreeFile, passedOn: ReadonlySet<string>) {
  if (file.path.endsWith('.py')) {
    const isPublic = !/\/_/.test(file.path);
    return pythonExports(file.text).filter(({ name }) => isPublic || passedOn.has(name));
  }
  return isScript(file.path) ? parseScript(file).exports : [];
}

/** What the Python package itself passes on from its private modules. */
function namesPassedOn(files: readonly TreeFile[]): ReadonlySet<string> {
  const entry = files.find(({ path }) => path === 'sdk-python/src/niitaka/__init__.py')?.text ?? '';
  const lists = [...entry.matchAll(/^from \.\w+ import (?:\(([^)]*)\)|(.*))$/gm)];
  return new Set(lists.flatMap((match) => (match[1] ?? match[2] ?? '').match(/\w+/g) ?? []));
}

/** Rules in brackets after a behaviour, such as `(S3)` or `(C1, E4)`. */
function citations({ path, text }: TreeFile): readonly { path: string; rule: string }[] {
  const brackets = text.matchAll(/\(((?:[SECAPGDO]\d+)(?:, ?[SECAPGDO]\d+)*)\)/g);
  return [...brackets].flatMap((match) =>
    (match[1] ?? '').split(/, ?/).map((rule) => ({ path, rule })),
  );
}
