import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname } from 'node:path';
import type { Figure } from './figure.ts';

/** Figures of one run, with the machine they were measured on. */
export interface Report {
  readonly at: string;
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly figures: readonly Figure[];
}

/** The report of some figures, measured here and now. */
export function reportOf(figures: readonly Figure[], at: Date): Report {
  const [first, ...others] = cpus();
  return {
    at: at.toISOString(),
    node: process.version,
    cpu: first?.model ?? 'unknown',
    cores: others.length + 1,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    figures,
  };
}

/** Writes a report and answers it whole: figures of earlier runs that were not measured again stay in it. */
export function writeReport(path: string, report: Report): Report {
  const measured = new Set(report.figures.map(({ name }) => name));
  const kept = readReport(path)?.figures.filter(({ name }) => !measured.has(name)) ?? [];
  mkdirSync(dirname(path), { recursive: true });
  const whole = { ...report, figures: [...kept, ...report.figures] };
  writeFileSync(path, `${JSON.stringify(whole, null, 2)}\n`);
  return whole;
}

/** The report in a file; null when there is none. */
export function readReport(path: string): Report | null {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Report) : null;
}

/** One line per figure that is also in the baseline: both medians, and how they differ. */
export function compareReports(now: Report, baseline: Report): string[] {
  const before = new Map(baseline.figures.map((figure) => [figure.name, figure]));
  return now.figures.flatMap(({ name, unit, median }) => {
    const old = before.get(name);
    if (old === undefined) return [];
    const percent = Math.round((median / old.median - 1) * 100);
    const sign = percent > 0 ? '+' : '';
    return [`${name}: ${median} ${unit}, baseline ${old.median} (${sign}${percent} %)`];
  });
}
