import { describe, expect, test } from 'vitest';
import { figureOf } from './figure.ts';
import { meetsBar, performancePage, readCurves } from './performance-page.ts';

const machine = { at: '2026-01-02T03:04:05.000Z', node: 'v24', cpu: 'A', cores: 2, memoryGb: 8 };

describe('performancePage()', () => {
  test('puts each figure under its heading, beside its bar', () => {
    const figures = [
      figureOf('ingest 100 x 8 rate', 'events/s', [31_000], '>= 25000'),
      figureOf('reads tiles', 'ms', [4, 9], '<= 5'),
      figureOf('reads tiles at 10000', 'ms', [4]),
      figureOf('postgres 1 processes rate', 'events/s', [9_000]),
      figureOf('postgres reads tiles', 'ms', [4, 16], 'p95 <= 15'),
    ];
    const page = performancePage({ ...machine, figures });
    expect(page).toContain('on 2026-01-02: 2 cores (A), 8 GB, Node v24.');
    expect(page).toContain('## Ingest\n\n| figure | median | p95 | unit | bar | |\n');
    expect(page).toContain('| ingest 100 x 8 rate | 31000 | 31000 | events/s | >= 25000 | met |');
    expect(page).toContain('## Reads\n\n');
    expect(page).toContain('| reads tiles | 4 | 9 | ms | <= 5 | **missed** |');
    expect(page).toContain(
      '| postgres 1 processes rate | 9000 | 9000 | events/s |  |  |\n\n## Reads on PostgreSQL\n\n',
    );
    expect(page).toContain('| postgres reads tiles | 4 | 16 | ms | p95 <= 15 | **missed** |');
    expect(page).toContain('## Reads by the number of sessions\n\n');
    expect(page).not.toContain('## Live');
  });
});

describe('meetsBar()', () => {
  test.each([
    ['ingest cpu', [40], '<= 40', true],
    ['ingest cpu', [41], '<= 40', false],
    ['reads list', [1, 11], '<= 10', false],
    ['live delay', [1, 60], 'p95 <= 50', false],
    ['event', [10, 90], 'median <= 20', true],
    ['event', [10], undefined, null],
  ])('%s of %j under %s', (name, values, bar, expected) => {
    expect(meetsBar(figureOf(name, 'ms', values, bar))).toBe(expected);
  });
});

test('readCurves() draws one line a read, from the fewest sessions to the most', () => {
  const figures = [1_000, 100_000].map((size, index) =>
    figureOf(`reads list at ${size}`, 'ms', [index === 0 ? 1 : 100]),
  );
  const svg = readCurves([...figures, figureOf('reads list', 'ms', [5])]);
  expect(svg.match(/<polyline points="([^"]+)"/)?.[1]).toBe('60,360 520,20');
  expect(svg.match(/<polyline/g)).toHaveLength(1);
});
