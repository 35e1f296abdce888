import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { checkBans, checkNames } from './tidy/check-bans.ts';
import { checkBudgets, checkTestRatio } from './tidy/check-budgets.ts';
import { checkDeadFiles } from './tidy/check-dead-files.ts';
import { checkDocstrings, checkDocuments } from './tidy/check-docs.ts';
import { checkFloors } from './tidy/check-floors.ts';
import { checkSizes } from './tidy/check-sizes.ts';
import { checkWords } from './tidy/check-words.ts';
import { readTree } from './tidy/tree.ts';

const files = readTree(fileURLToPath(new URL('..', import.meta.url)));

describe('the project', () => {
  test.each([
    ['imports only downwards', checkFloors],
    ['holds nothing that is banned', checkBans],
    ['names files after what they hold', checkNames],
    ['keeps files and functions short', checkSizes],
    ['has no dead files', checkDeadFiles],
    ['documents its public exports', checkDocstrings],
    ['has its documents, and cites rules that exist', checkDocuments],
    ['keeps its budgets', checkBudgets],
    ['tests core, storage and SDKs enough', checkTestRatio],
    ['mentions no path of one machine', checkWords],
  ])('%s', (_name, check) => {
    expect(check(files)).toEqual([]);
  });
});
