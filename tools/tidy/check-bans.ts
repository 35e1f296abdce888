import { parseScript } from './parse-script.ts';
import { isScript, isTest, type TreeFile } from './tree.ts';

interface Ban {
  readonly pattern: RegExp;
  readonly why: string;
  readonly holds: (path: string) => boolean;
}

const inCore = (path: string) => path.startsWith('core/src/') && !isTest(path);
const inCommands = (path: string) => path.startsWith('server/src/commands/') && !isTest(path);
const inTests = (path: string) => /\.test\.tsx?$/.test(path);
const inProduct = (path: string) => !isTest(path);
const outsideConfig = (path: string) =>
  path.startsWith('server/src/') && !isTest(path) && !/\/(?:config|main)\.ts$/.test(path);

const bans: readonly Ban[] = [
  {
    pattern: /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bperformance\.now\b|\bcrypto\./,
    why: 'core is given times, randomness and ids',
    holds: inCore,
  },
  {
    pattern: /\bprocess\.|\bfetch\(|\bsetTimeout\b|\bsetInterval\b|\bglobalThis\b|\bconsole\./,
    why: 'core touches nothing outside',
    holds: inCore,
  },
  { pattern: /\basync\b|\bawait\b|\bPromise\b/, why: 'core waits for nothing', holds: inCore },
  { pattern: /\bDate\.now\(|\bMath\.random\(/, why: 'the context gives time', holds: inCommands },
  {
    pattern: /\bprocess\.env[.[]/,
    why: 'only server/src/config.ts reads the environment',
    holds: outsideConfig,
  },
  { pattern: /:\s*any\b|\bas any\b|<an[y]>/, why: 'any hides mistakes', holds: inProduct },
  {
    pattern: /\b(?:describe|test|it)\.only\b/,
    why: 'the other tests would not run',
    holds: inTests,
  },
  {
    pattern: /\b(?:describe|test|it)\.(?:skip|todo)\(/,
    why: 'a test runs or goes',
    holds: inTests,
  },
];

const notes = /\b(?:TOD[O]|FIXM[E]|HAC[K])\b|@ts-(?:ignore|expect-error|nocheck)/;
const vagueName = /(?:^|[-_/])(?:managers?|helpers?|utils?|utilities|shared|common|v2)(?:[-_./]|$)/;
const defaultExportAllowed = /(?:^|\/)(?:vite|vitest)\.config\.ts$/;

/** What may stand in no script: bans by pattern, default exports, barrels, notes to oneself, long comments. */
export function checkBans(files: readonly TreeFile[]): readonly string[] {
  return files
    .filter(({ path }) => isScript(path))
    .flatMap((file) => [
      ...patternsIn(file),
      ...shapesIn(file),
      ...linesWith(file.path, file.text, notes, 'do it or leave it'),
    ]);
}

/** File names that say nothing, or are not spelled as their language does. */
export function checkNames(files: readonly TreeFile[]): readonly string[] {
  return files.flatMap(({ path }) => {
    const name = path.split('/').at(-1) ?? '';
    const found: string[] = [];
    if (vagueName.test(path))
      found.push(`${path}: the name says nothing; name it after what it holds`);
    if (isScript(path) && !/^[a-z0-9-]+(?:\.(?:test|config|worker))*\.(?:tsx?|mjs)$/.test(name)) {
      found.push(`${path}: wanted a kebab-case name`);
    }
    if (path.endsWith('.py') && !/^_{0,2}[a-z0-9_]+\.py$/.test(name)) {
      found.push(`${path}: wanted a snake_case name`);
    }
    return found;
  });
}

function patternsIn(file: TreeFile): readonly string[] {
  const { code } = parseScript(file);
  return bans
    .filter(({ holds }) => holds(file.path))
    .flatMap(({ pattern, why }) => linesWith(file.path, code, pattern, why));
}

function shapesIn(file: TreeFile): readonly string[] {
  const { hasDefaultExport, isBarrel, longComments } = parseScript(file);
  const { path } = file;
  const found = longComments.map((line) => `${path}:${line}: a comment of more than 3 lines`);
  if (hasDefaultExport && !defaultExportAllowed.test(path))
    found.push(`${path}: has a default export`);
  if (isBarrel && !isPackageEntry(path)) found.push(`${path}: only passes on other files' exports`);
  return found;
}

/** The one file by which users import the TypeScript SDK is a list of exports by nature. */
function isPackageEntry(path: string): boolean {
  return /^sdk-typescript\/src\/(?:[a-z-]+\/)?index\.ts$/.test(path);
}

function linesWith(path: string, text: string, pattern: RegExp, why: string): readonly string[] {
  return text.split('\n').flatMap((line, index) => {
    const match = pattern.exec(line);
    return match === null ? [] : [`${path}:${index + 1}: found \`${match[0].trim()}\`: ${why}`];
  });
}
