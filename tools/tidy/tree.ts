import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One text file of the project, by its path from the root. */
export interface TreeFile {
  readonly path: string;
  readonly text: string;
}

/** Every text file that git tracks and that is there. */
export function readTree(root: string): readonly TreeFile[] {
  const listed = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' });
  return listed
    .split('\0')
    .filter((path) => path !== '' && !binary.test(path) && existsSync(join(root, path)))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** Whether a path is code that is parsed: TypeScript, TSX or plain modules. */
export function isScript(path: string): boolean {
  return /\.(?:ts|tsx|mjs)$/.test(path) && !path.endsWith('.d.ts');
}

/** Whether a file exists for tests: a test, or what tests build on. */
export function isTest(path: string): boolean {
  const isPythonTest = path.startsWith('sdk-python/') && !path.startsWith('sdk-python/src/');
  return /(?:\.test|-fixture)\.tsx?$/.test(path) || testFolder.test(path) || isPythonTest;
}

/** Lines that hold something. */
export function filledLines(text: string): number {
  return text.split('\n').filter((line) => line.trim() !== '').length;
}

/** All lines, as an editor counts them. */
export function lineCount(text: string): number {
  return text.replace(/\n$/, '').split('\n').length;
}

/** The smallest value that at least nine in ten values do not exceed; 0 for none. */
export function p90(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * 0.9) - 1] ?? 0;
}

const binary = /\.(?:png|jpe?g|gif|ico|woff2?|svg|webp)$/;
const testFolder = /(?:^|\/)(?:testing|contract|fixtures|e2e)\//;
