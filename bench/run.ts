import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Figure } from './figure.ts';
import { performancePage, readCurves } from './performance-page.ts';
import { compareReports, readReport, reportOf, writeReport } from './report.ts';

const usage = `Usage: npm run bench [-- [names] [options]]

  names              any of: ingest, fairness, policies, postgres, postgres-reads, live, runtime-config, sdk,
                     provider-calls, policy, size, start, reads (with mixed), scale, dry-run, soak (all but soak)
  --seconds N        how long each load lasts (5)
  --runs N           how often each is measured (3)
  --sessions N       sessions of the full database, 10 events each (1000000); on PostgreSQL a tenth of them
  --minutes N        how long the soak lasts (30)
  --share N          the part of the full rate at which it sends, in percent (50)
  --baseline FILE    a report to compare with
  --page FOLDER      writes performance.md there, of the figures of this and earlier runs`;

interface Settings {
  readonly seconds: number;
  readonly runs: number;
  readonly sessions: number;
  readonly minutes: number;
  readonly share: number;
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
  async policies({ seconds, runs }) {
    const { benchPolicies } = await import('./policies.ts');
    return benchPolicies(seconds, runs);
  },
  async postgres({ seconds, runs }) {
    const { benchPostgres } = await import('./postgres.ts');
    return benchPostgres(seconds, runs);
  },
  async 'postgres-reads'({ runs, sessions }) {
    const [{ benchPostgresReads }, { fullScale }] = await Promise.all([
      import('./postgres-reads.ts'),
      import('./reads.ts'),
    ]);
    const scale = { ...fullScale, sessions: Math.ceil(sessions / 10) };
    return benchPostgresReads(scale, Math.max(runs, readRuns));
  },
  async live({ seconds }) {
    const { benchLive } = await import('./live.ts');
    return benchLive(seconds);
  },
  async 'runtime-config'({ seconds, runs }) {
    const { benchRuntimeConfig } = await import('./runtime-config.ts');
    return benchRuntimeConfig(seconds, runs);
  },
  async sdk() {
    const { benchSdk } = await import('./sdk.ts');
    return benchSdk();
  },
  async 'provider-calls'() {
    const { benchProviderCalls } = await import('./provider-calls.ts');
    return benchProviderCalls();
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
  async soak({ minutes, share }) {
    const { benchSoak } = await import('./soak.ts');
    return benchSoak(minutes, share / 100);
  },
};

// It lasts longer than all others together.
const onlyByName = 'soak';

// A p95 over fewer answers says little.
const readRuns = 200;

/** Measures what was asked for, one JSON line a figure, and writes the report. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const all = Object.keys(benches).filter((name) => name !== onlyByName);
  const names = positionals.length === 0 ? all : positionals;
  const unknown = names.filter((name) => benches[name] === undefined);
  const settings = {
    seconds: Number(values.seconds),
    runs: Number(values.runs),
    sessions: Number(values.sessions),
    minutes: Number(values.minutes),
    share: Number(values.share),
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
  minutes: { type: 'string', default: '30' },
  share: { type: 'string', default: '50' },
  baseline: { type: 'string' },
  page: { type: 'string' },
} as const;

process.exitCode = await main();
