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

/** Exports of the public floors without a sentence that says what they promise. */
export function checkDocstrings(files: readonly TreeFile[]): readonly string[] {
  const held = files.filter(
    ({ path }) => documented.some((start) => path.startsWith(start)) && !isTest(path),
  );
  return held.flatMap((file) =>
    exportsOf(file)
      .filter((found) => !found.documented)
      .map(({ name, line }) => `${file.path}:${line}: ${name} has no docstring`),
  );
}

/** Documents that are not there, and cited rules that their chapter in docs/rules.md has not. */
export function checkDocuments(files: readonly TreeFile[]): readonly string[] {
  const paths = new Set(files.map(({ path }) => path));
  const missing = needed.filter((path) => !paths.has(path)).map((path) => `${path}: is missing`);
  const rules = files.find(({ path }) => path === 'docs/rules.md')?.text ?? '';
  const known = new Set([...rules.matchAll(/\*\*([A-Z]\d+)\*\*/g)].map((match) => match[1]));
  const cited = files.filter(({ path }) => /\.(?:tsx?|py)$/.test(path)).flatMap(citations);
  const chapters = new Set([...known].map((rule) => rule?.[0]));
  const unknown = cited.filter(({ rule }) => chapters.has(rule[0]) && !known.has(rule));
  return [
    ...missing,
    ...unknown.map(({ path, rule }) => `${path}: cites ${rule}, which docs/rules.md has not`),
  ];
}

function exportsOf(file: TreeFile) {
  if (file.path.endsWith('.py')) return pythonExports(file.text);
  return isScript(file.path) ? parseScript(file).exports : [];
}

/** Rules in brackets after a behaviour, such as `(S3)` or `(C1, E4)`. */
function citations({ path, text }: TreeFile): readonly { path: string; rule: string }[] {
  const brackets = text.matchAll(/\(((?:[SECAPGDO]\d+)(?:, ?[SECAPGDO]\d+)*)\)/g);
  return [...brackets].flatMap((match) =>
    (match[1] ?? '').split(/, ?/).map((rule) => ({ path, rule })),
  );
}
