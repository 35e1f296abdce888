import type { Figure } from './figure.ts';
import type { Report } from './report.ts';

/** Headings, and which figures stand under each, by how their names begin. */
const sections: readonly (readonly [string, RegExp])[] = [
  ['Ingest', /^(driver baseline|ingest (?!fairness))/],
  ['One noisy key beside a quiet one', /^ingest fairness/],
  ['Ingest with policies', /^policies /],
  ['PostgreSQL', /^postgres (?!reads)/],
  ['Reads on PostgreSQL', /^postgres reads/],
  ['Live', /^live /],
  ['Runtime config', /^runtime config/],
  ['SDKs and policies', /^(event|provider call|decision)/],
  ['Dry runs over 100,000 sessions', /^dry run/],
  ['Start and size', /^(start|idle|bytes|install)/],
  ['Soak', /^soak/],
  ['Reads', /^reads (?!.* at \d+$)/],
  ['Reads while half of the full rate comes in', /^mixed/],
  ['Reads by the number of sessions', /^(scale|reads .* at \d+$)/],
];

const bySize = /^reads (.+) at (\d+)$/;

/** The page of a report: a table a section, each figure beside its bar. */
export function performancePage(report: Report): string {
  const { at, cpu, cores, memoryGb, node } = report;
  const parts = sections.flatMap(([heading, pattern]) => {
    const figures = report.figures.filter(({ name }) => pattern.test(name));
    return figures.length === 0 ? [] : [`## ${heading}`, tableOf(figures)];
  });
  return [
    '# Performance',
    `Measured by \`npm run bench\` on ${at.slice(0, 10)}: ${cores} cores (${cpu}), ${memoryGb} GB, Node ${node}. Server, database and sender share the machine. Absolute figures are this machine's; ratios hold elsewhere. \`npm run bench -- --page docs\` measures again and writes this page.`,
    ...parts,
    ...(report.figures.some(({ name }) => bySize.test(name))
      ? ['![p95 of reads by the number of sessions](performance-reads.svg)']
      : []),
    '',
  ].join('\n\n');
}

/** Whether a figure reaches its bar; null where it has none. Reads are held to it by their p95. */
export function meetsBar({ name, bar, median, p95 }: Figure): boolean | null {
  const found = /^(p95|median)? ?(<=|>=) ([\d.]+)$/.exec(bar ?? '');
  if (found === null) return null;
  const [, statistic = name.startsWith('reads') ? 'p95' : 'median', sign, limit] = found;
  const value = statistic === 'p95' ? p95 : median;
  return sign === '<=' ? value <= Number(limit) : value >= Number(limit);
}

/** Curves of p95 over the number of sessions, both axes logarithmic, as SVG. */
export function readCurves(figures: readonly Figure[]): string {
  const curves = new Map<string, (readonly [number, number])[]>();
  for (const { name, p95 } of figures) {
    const [, read, sessions] = bySize.exec(name) ?? [];
    if (read === undefined) continue;
    curves.set(read, [...(curves.get(read) ?? []), [Number(sessions), p95]]);
  }
  const points = [...curves.values()].flat();
  const x = axis(
    points.map(([sessions]) => sessions),
    60,
    520,
  );
  const y = axis([1, 100, ...points.map(([, ms]) => ms)], 360, 20);
  const lines = [...curves].map(([read, line], index) => {
    const color = colors[index % colors.length] ?? '#444';
    const path = line.map(([sessions, ms]) => `${x(sessions)},${y(ms)}`).join(' ');
    const top = 30 + index * 22;
    return `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="2"/><text x="540" y="${top}" fill="${color}">${read}</text>`;
  });
  const sizes = [...new Set(points.map(([sessions]) => sessions))].map(
    (sessions) =>
      `<text x="${x(sessions)}" y="382" text-anchor="middle">${sessions.toLocaleString('en')}</text>`,
  );
  const levels = [1, 10, 100].map(
    (ms) =>
      `<line x1="60" x2="520" y1="${y(ms)}" y2="${y(ms)}" stroke="#ddd"/><text x="52" y="${y(ms)}" text-anchor="end">${ms} ms</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 400" font-family="sans-serif" font-size="12"><rect width="720" height="400" fill="#fff"/>${[...levels, ...sizes, ...lines].join('')}</svg>\n`;
}

const colors = [
  '#156b5a',
  '#b3401f',
  '#2458a6',
  '#8a5a00',
  '#6b3fa0',
  '#a3195b',
  '#3f6f1f',
  '#555555',
];

/** Places values from `from` to `to` by their logarithm. */
function axis(values: readonly number[], from: number, to: number): (value: number) => number {
  const least = Math.log(Math.min(...values));
  const span = Math.log(Math.max(...values)) - least || 1;
  return (value) => Math.round(from + ((Math.log(value) - least) / span) * (to - from));
}

function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { name, unit, median, p95, bar } = figure;
    const verdict = { true: 'met', false: '**missed**', null: '' }[`${meetsBar(figure)}`];
    return `| ${name} | ${median} | ${p95} | ${unit} | ${bar ?? ''} | ${verdict} |`;
  });
  return ['| figure | median | p95 | unit | bar | |', '|---|---|---|---|---|---|', ...rows].join(
    '\n',
  );
}
