import { describe, expect, test } from 'vitest';
import { checkBans, checkNames } from './check-bans.ts';
import { checkBudgets, checkTestRatio } from './check-budgets.ts';
import { checkDeadFiles } from './check-dead-files.ts';
import { checkDocstrings, checkDocuments } from './check-docs.ts';
import { checkFloors } from './check-floors.ts';
import { checkSizes } from './check-sizes.ts';
import { checkWords } from './check-words.ts';
import { p90, type TreeFile } from './tree.ts';

function tree(files: Readonly<Record<string, string>>): readonly TreeFile[] {
  return Object.entries(files).map(([path, text]) => ({ path, text }));
}

describe('checkFloors()', () => {
  test('finds what reaches up, aside or outside', () => {
    const found = checkFloors(
      tree({
        'core/src/a.ts': "import { readFileSync } from 'node:fs';",
        'server/src/http/a.ts': "import { x } from '../storage/sqlite/open.ts';",
        'server/src/commands/a.ts': "import type { Tx } from '../storage/tx.ts';",
        'dashboard/src/features/a/a.tsx': "import { B } from '../b/b.tsx';",
        'core/src/a.test.ts': "import { test } from 'vitest';",
      }),
    );
    expect(found).toEqual([
      'core/src/a.ts: imports node:fs, which core/src/ may not',
      expect.stringContaining('server/src/http/a.ts: imports server/src/storage/sqlite/open.ts'),
      'dashboard/src/features/a/a.tsx: imports dashboard/src/features/b/b.tsx of another feature',
    ]);
  });
});

describe('checkBans()', () => {
  test('finds time in core, environment in the server, defaults and barrels', () => {
    const found = checkBans(
      tree({
        'core/src/a.ts':
          '// Date.now() in a comment is fine\nexport const now = () => Date.now();\n',
        'server/src/a.ts': 'export const port = process.env.PORT;',
        'server/src/config.ts': 'export const port = process.env.PORT;',
        'tools/a.ts': 'export default 1;',
        'dashboard/src/lib/all.ts': "export { a } from './a.ts';",
      }),
    );
    expect(found).toEqual([
      'core/src/a.ts:2: found `Date.now`: core is given times, randomness and ids',
      'server/src/a.ts:1: found `process.env.`: only server/src/config.ts reads the environment',
      'tools/a.ts: has a default export',
      "dashboard/src/lib/all.ts: only passes on other files' exports",
    ]);
  });

  test('finds a comment of more than three lines', () => {
    const text = '// 1\n// 2\n// 3\nexport const a = 1;\n// 1\n// 2\n// 3\n// 4\n';
    expect(checkBans(tree({ 'core/src/a.ts': text }))).toEqual([
      'core/src/a.ts:5: a comment of more than 3 lines',
    ]);
  });
});

describe('checkNames()', () => {
  test('finds names that say nothing and names in the wrong case', () => {
    const found = checkNames(
      tree({ 'core/src/string-utils.ts': '', 'core/src/aB.ts': '', 'sdk-python/src/a-b.py': '' }),
    );
    expect(found).toEqual([
      'core/src/string-utils.ts: the name says nothing; name it after what it holds',
      'core/src/aB.ts: wanted a kebab-case name',
      'sdk-python/src/a-b.py: wanted a snake_case name',
    ]);
  });
});

describe('checkSizes()', () => {
  test('finds long files and long functions, in Python too', () => {
    const body = '  a();\n'.repeat(70);
    const python = `def long(\n    a,\n):\n${'    a()\n'.repeat(70)}\n\ndef short():\n    pass\n`;
    const short = 'export const a = () => 1;\n'.repeat(30);
    const found = checkSizes(
      tree({
        'a.ts': `${short}function long() {\n${body}}\n`,
        'a.py': python,
        'b.ts': '\n'.repeat(401),
      }),
    );
    expect(found.slice(0, 3)).toEqual([
      'b.ts: 401 lines, wanted at most 400',
      'a.ts#long: 72 lines, wanted at most 70',
      'a.py#long: 73 lines, wanted at most 70',
    ]);
  });
});

describe('checkDeadFiles()', () => {
  test('follows imports, URLs and named programs from where programs begin', () => {
    const found = checkDeadFiles(
      tree({
        'server/niitaka.mjs': "import './src/a.ts';\nnew URL('./src/worker.ts', import.meta.url);",
        'server/src/a.ts': "export { b } from './b.ts';",
        'server/src/b.ts': '',
        'server/src/worker.ts': '',
        'server/src/dead.ts': '',
        'server/src/dead.test.ts': "import './dead.ts';",
        'sdk-python/src/niitaka/__init__.py': 'from ._used import a',
        'sdk-python/src/niitaka/_used.py': '',
        'sdk-python/src/niitaka/_unused.py': '',
      }),
    );
    expect(found).toEqual([
      'server/src/dead.ts: no program imports it',
      'sdk-python/src/niitaka/_unused.py: no module imports it',
    ]);
  });
});

describe('checkDocstrings()', () => {
  test('finds exports without a sentence', () => {
    const found = checkDocstrings(
      tree({
        'core/src/a.ts': '/** Says. */\nexport const a = 1;\n\nexport type B = 1;\n',
        'sdk-python/src/niitaka/__init__.py': 'from ._b import (\n    D,\n)\n',
        'sdk-python/src/niitaka/_b.py': 'class D:\n    pass\n\n\nclass Private:\n    pass\n',
        'sdk-python/src/niitaka/a.py':
          'def a(\n    b: int,\n) -> int:\n    """Says."""\n\n\nclass C:\n    pass\n',
      }),
    );
    expect(found).toEqual([
      'core/src/a.ts:4: B has no docstring',
      'sdk-python/src/niitaka/_b.py:1: D has no docstring',
      'sdk-python/src/niitaka/a.py:7: C has no docstring',
    ]);
  });
});

describe('checkDocuments()', () => {
  test('finds cited rules that are not there, in chapters that are', () => {
    const [cited, other] = [`(${'S'}99, ${'S'}1)`, `(${'P'}1)`];
    const found = checkDocuments(
      tree({ 'docs/rules.md': '- **S1** A rule.', 'core/src/a.test.ts': `${cited} ${other}` }),
    );
    expect(found.filter((line) => !line.endsWith('is missing'))).toEqual([
      'core/src/a.test.ts: cites S99, which docs/rules.md has not',
    ]);
  });
});

describe('checkBudgets(), checkTestRatio() and checkWords()', () => {
  test('count dependencies without the own workspaces', () => {
    const text = JSON.stringify({ dependencies: { '@niitaka/core': '1', zod: '4' } });
    expect(checkBudgets(tree({ 'sdk-typescript/package.json': text }))).toEqual([
      'sdk-typescript/package.json: 1 dependencies (zod), wanted at most 0',
    ]);
  });

  test('want one and a half times as many test lines', () => {
    const found = checkTestRatio(
      tree({ 'core/src/a.ts': 'a\n\nb\n', 'core/src/a.test.ts': 'a\nb\n' }),
    );
    expect(found).toEqual(['core/: 2 test lines for 2 lines (1), wanted 1.5']);
  });

  test('find paths of one machine', () => {
    expect(checkWords(tree({ 'a.md': `see /${'work'}/x` }))).toHaveLength(1);
    expect(checkWords(tree({ 'a.md': 'GET /api/v1/work/ and ./tmp/x' }))).toEqual([]);
  });

  test('p90() is the value that nine in ten do not exceed', () => {
    expect(p90([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])).toBe(9);
    expect(p90([])).toBe(0);
  });
});
