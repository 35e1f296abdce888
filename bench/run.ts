import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Figure } from './figure.ts';
import { performancePage, readCurves } from './performance-page.ts';
import { compareReports, readReport, reportOf, writeReport } from './report.ts';

const usage = `Usage: npm run bench [-- [names] [options]]

  names              any of: ingest, fairness, postgres, live, sdk, policy, size, start, reads (with mixed), scale, dry-run (all)
  --seconds N        how long each load lasts (5)
  --runs N           how often each is measured (3)
  --sessions N       sessions of the full database, 10 events each (1000000)
  --baseline FILE    a report to compare with
  --page FOLDER      writes performance.md there, of the figures of this and earlier runs`;

interface Settings {
  readonly seconds: number;
  readonly runs: number;
  readonly sessions: number;
}

/** Every bench by its name; only what is asked for is loaded. */
const benches: Readonly<Record<string, (settings: Settings) => Promise<readonly Figure[]>>> = {
  async ingest({ seconds, runs }) {
    const { benchIngest } = await import('./ingest.ts');
    return benchIngest(seconds, runs);
  },
  async fairness({ seconds, runs }) {
    const { benchFairness } = await import('./fairness.ts');
    return benchFairness(seconds, runs);
  },
  async postgres({ seconds, runs }) {
    const { benchPostgres } = await import('./postgres.ts');
    return benchPostgres(seconds, runs);
  },
  async live({ seconds }) {
    const { benchLive } = await import('./live.ts');
    return benchLive(seconds);
  },
  async sdk() {
    const { benchSdk } = await import('./sdk.ts');
    return benchSdk();
  },
  async policy() {
    const { benchPolicy } = await import('./policy.ts');
    return benchPolicy();
  },
  async size() {
    const { benchSize } = await import('./size.ts');
    return benchSize();
  },
  async start({ runs, sessions }) {
    const [{ benchStart }, { fullScale }] = await Promise.all([
      import('./start.ts'),
      import('./reads.ts'),
    ]);
    return benchStart({ ...fullScale, sessions }, runs);
  },
  async reads({ runs, sessions }) {
    const { benchReads, fullScale } = await import('./reads.ts');
    const { measureMixed } = await import('./mixed.ts');
    return benchReads({ ...fullScale, sessions }, Math.max(runs, readRuns), measureMixed);
  },
  async scale({ runs, sessions }) {
    const { benchScale } = await import('./scale.ts');
    const sizes = [sessions / 100, sessions / 10, sessions].map(Math.ceil);
    return benchScale(sizes, Math.max(runs, readRuns));
  },
  async 'dry-run'({ runs }) {
    const { benchDryRun } = await import('./dry-run.ts');
    return benchDryRun(runs);
  },
};

// A p95 over fewer answers says little.
const readRuns = 200;

/** Measures what was asked for, one JSON line a figure, and writes the report. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const names = positionals.length === 0 ? Object.keys(benches) : positionals;
  const unknown = names.filter((name) => benches[name] === undefined);
  const settings = {
    seconds: Number(values.seconds),
    runs: Number(values.runs),
    sessions: Number(values.sessions),
  };
  const isGood = Object.values(settings).every((number) => Number.isInteger(number) && number > 0);
  if (unknown.length > 0 || !isGood) {
    console.error(
      unknown.length > 0 ? `There is no bench ${unknown.join(', ')}.` : 'Not a number.',
    );
    console.error(usage);
    return 2;
  }
  const figures: Figure[] = [];
  for (const name of names) {
    for (const figure of (await benches[name]?.(settings)) ?? []) {
      console.log(JSON.stringify(figure));
      figures.push(figure);
    }
  }
  const report = reportOf(figures, new Date());
  const whole = writeReport(join(import.meta.dirname, 'results', 'latest.json'), report);
  if (values.page !== undefined) {
    writeFileSync(join(values.page, 'performance.md'), performancePage(whole));
    writeFileSync(join(values.page, 'performance-reads.svg'), readCurves(whole.figures));
  }
  const baseline = values.baseline === undefined ? null : readReport(values.baseline);
  if (values.baseline !== undefined && baseline === null) {
    console.error(`There is no baseline ${values.baseline}.`);
    return 2;
  }
  if (baseline !== null) for (const line of compareReports(report, baseline)) console.log(line);
  return 0;
}

const options = {
  seconds: { type: 'string', default: '5' },
  runs: { type: 'string', default: '3' },
  sessions: { type: 'string', default: '1000000' },
  baseline: { type: 'string' },
  page: { type: 'string' },
} as const;

process.exitCode = await main();
