import { pythonFunctions } from './python-source.ts';
import { parseScript, type FoundFunction } from './parse-script.ts';
import ratchet from './ratchet.json' with { type: 'json' };
import { isScript, isTest, lineCount, p90, type TreeFile } from './tree.ts';

interface Size {
  readonly where: string;
  readonly lines: number;
}

const limits = { file: 400, filesP90: 200, function: 70, functionsP90: 30, reactFilesP90: 150 };

/** Old sins by place: each may keep its size and may only shrink. */
const allowed: Readonly<Record<string, number>> = ratchet.sizes;

/** Files and functions that are too long, and the nine-in-ten sizes of each part of the project. */
export function checkSizes(files: readonly TreeFile[]): readonly string[] {
  const measured = files.filter(({ path }) => isScript(path) || path.endsWith('.py'));
  const fileSizes = measured.map(({ path, text }) => ({ where: path, lines: lineCount(text) }));
  const functionSizes = measured.filter(({ path }) => !isTest(path)).flatMap(functionsIn);
  const pages = fileSizes.filter(({ where }) => where.endsWith('.tsx') && !isTest(where));
  return [
    ...fileSizes.flatMap((size) => overLimit(size, limits.file)),
    ...functionSizes.flatMap((size) => overLimit(size, limits.function)),
    ...overP90('files', fileSizes, limits.filesP90),
    ...overP90('functions', functionSizes, limits.functionsP90),
    ...overP90('React files', pages, limits.reactFilesP90),
    ...staleEntries([...fileSizes, ...functionSizes]),
  ];
}

function functionsIn(file: TreeFile): readonly Size[] {
  const found: readonly FoundFunction[] = file.path.endsWith('.py')
    ? pythonFunctions(file.text)
    : parseScript(file).functions;
  return found.map(({ name, lines }) => ({ where: `${file.path}#${name}`, lines }));
}

function overLimit({ where, lines }: Size, limit: number): readonly string[] {
  const most = Math.max(limit, allowed[where] ?? 0);
  return lines > most ? [`${where}: ${lines} lines, wanted at most ${most}`] : [];
}

function overP90(what: string, sizes: readonly Size[], limit: number): readonly string[] {
  const found = p90(sizes.map(({ lines }) => lines));
  return found > limit ? [`${what}: nine in ten have up to ${found} lines, wanted ${limit}`] : [];
}

function staleEntries(sizes: readonly Size[]): readonly string[] {
  return Object.entries(allowed).flatMap(([where, lines]) => {
    const found = Math.max(
      0,
      ...sizes.filter((size) => size.where === where).map((size) => size.lines),
    );
    return found < lines
      ? [`tools/tidy/ratchet.json: ${where} is down to ${found}: lower it from ${lines}`]
      : [];
  });
}
