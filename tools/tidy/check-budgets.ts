import ratchet from './ratchet.json' with { type: 'json' };
import { filledLines, isTest, type TreeFile } from './tree.ts';

const limits = { serverDependencies: 12, sdkDependencies: 0, environment: 20, rootEntries: 22 };
const testRatio = 1.5;
/** Parts that are still below, and how far they have come: each may only rise. */
const reached: Readonly<Record<string, number>> = ratchet.testRatios;
/** How far a part may be above what is recorded before the record has to follow. */
const slack = 0.5;
const tested = ['core/', 'server/src/storage/', 'sdk-typescript/', 'sdk-python/'];

/** Dependencies, environment names and root entries (as a listing shows them) over their budgets. */
export function checkBudgets(files: readonly TreeFile[]): readonly string[] {
  const roots = new Set(files.map(({ path }) => path.split('/')[0] ?? ''));
  const shown = [...roots].filter((name) => !name.startsWith('.'));
  return [
    ...over(
      'server/package.json',
      'dependencies',
      dependencies(files, 'server'),
      limits.serverDependencies,
    ),
    ...over(
      'sdk-typescript/package.json',
      'dependencies',
      dependencies(files, 'sdk-typescript'),
      limits.sdkDependencies,
    ),
    ...over(
      'server/src/config.ts',
      'environment names',
      environmentNames(files),
      limits.environment,
    ),
    ...over('the root folder', 'entries', shown, limits.rootEntries),
    ...pythonDependencies(files),
  ];
}

/** Parts that are tested by less than they should be. */
export function checkTestRatio(files: readonly TreeFile[]): readonly string[] {
  return tested.flatMap((start) => {
    const scripts = files.filter(
      ({ path }) => path.startsWith(start) && /\.(?:tsx?|py)$/.test(path),
    );
    const source = sum(scripts.filter(({ path }) => !isTest(path)));
    const tests = sum(scripts.filter(({ path }) => isTest(path)));
    if (source === 0) return [];
    const ratio = Math.floor((tests / source) * 100) / 100;
    const wanted = Math.min(testRatio, reached[start] ?? testRatio);
    const lines = `${tests} test lines for ${source} lines (${ratio})`;
    if (ratio < wanted) return [`${start}: ${lines}, wanted ${wanted}`];
    const isStale = wanted < testRatio && ratio > wanted + slack;
    return isStale ? [`tools/tidy/ratchet.json: ${start}: ${lines}: raise it from ${wanted}`] : [];
  });
}

function sum(files: readonly TreeFile[]): number {
  return files.reduce((total, { text }) => total + filledLines(text), 0);
}

function over(
  where: string,
  what: string,
  found: readonly string[],
  limit: number,
): readonly string[] {
  if (found.length <= limit) return [];
  return [`${where}: ${found.length} ${what} (${found.join(', ')}), wanted at most ${limit}`];
}

/** Run-time dependencies without the project's own workspaces. */
function dependencies(files: readonly TreeFile[], folder: string): readonly string[] {
  const text = files.find(({ path }) => path === `${folder}/package.json`)?.text ?? '{}';
  const parsed = JSON.parse(text) as { dependencies?: Record<string, string> };
  return Object.keys(parsed.dependencies ?? {}).filter((name) => !name.startsWith('@niitaka/'));
}

function environmentNames(files: readonly TreeFile[]): readonly string[] {
  const text = files.find(({ path }) => path === 'server/src/config.ts')?.text ?? '';
  return [...new Set(text.match(/\b(?:NIITAKA_[A-Z_]+|DATABASE_URL)\b/g))];
}

function pythonDependencies(files: readonly TreeFile[]): readonly string[] {
  const path = 'sdk-python/pyproject.toml';
  const text = files.find((file) => file.path === path)?.text ?? '';
  const list = /^dependencies\s*=\s*\[([^\]]*)\]/m.exec(text)?.[1] ?? '';
  return list.trim() === '' ? [] : [`${path}: dependencies ${list.trim()}, wanted none`];
}
