import { parseArgs } from 'node:util';
import { configure, shutdown } from '../sdk-typescript/src/index.ts';
import { codeFixer } from './agents/code-fixer.ts';
import { nightlyIndexer } from './agents/nightly-indexer.ts';
import { researchAgent } from './agents/research-agent.ts';
import { supportRouter } from './agents/support-router.ts';
import { startPace, type Pace } from './pace.ts';
import type { Run } from './plan.ts';
import { planHistory } from './plan-history.ts';
import { playRun } from './play-run.ts';
import { recordRun } from './record-history.ts';
import { sendRecords, type Target } from './send-records.ts';

const usage = `Runs the sample agents against a Niitaka server.

  --url URL           the server (NIITAKA_URL, else http://127.0.0.1:4600)
  --key KEY           an API key with scope ingest (NIITAKA_API_KEY)
  --history-days N    first writes what the agents did in the last N days
  --once              then runs the short agents once, live, and ends (the default)
  --live              then runs all agents until stopped
  --past              runs no agent: ends when the past is written
  --speed N           plays N times faster (1)`;

/** Sample agents, labelled with the tag \`sample=true\`: past days by the public API, live runs by the SDK. */
async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === 'string') {
    console.error(`${options}\n\n${usage}`);
    return 2;
  }
  const { target, historyDays, mode, pace } = options;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => pace.stop());
  await writeHistory(target, historyDays);
  if (mode === 'past') return 0;
  configure({
    apiUrl: target.url,
    apiKey: target.key,
    environment: 'production',
    captureContent: true,
  });
  await (mode === 'live' ? runForever(pace) : runOnce(pace));
  await shutdown(5);
  return 0;
}

interface Options {
  readonly target: Target;
  readonly historyDays: number;
  readonly mode: 'once' | 'live' | 'past';
  readonly pace: Pace;
}

function readOptions(): Options | string {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = {
    url: text,
    key: text,
    'history-days': text,
    once: flag,
    live: flag,
    past: flag,
    speed: text,
  };
  const { values } = parseArgs({ options });
  const url = values.url ?? process.env['NIITAKA_URL'] ?? 'http://127.0.0.1:4600';
  const key = values.key ?? process.env['NIITAKA_API_KEY'];
  if (key === undefined) return 'Cannot run samples: no API key given.';
  const historyDays = Number(values['history-days'] ?? 0);
  const speed = Number(values.speed ?? 1);
  if (!(historyDays >= 0)) return 'Cannot run samples: --history-days must be a number >= 0.';
  if (!(speed > 0)) return 'Cannot run samples: --speed must be a number > 0.';
  const mode = values.past === true ? 'past' : values.live === true ? 'live' : 'once';
  return { target: { url, key }, historyDays, mode, pace: startPace(speed) };
}

async function writeHistory(target: Target, days: number): Promise<void> {
  const past = planHistory(Date.now(), days);
  await sendRecords(
    target,
    past.flatMap(({ run, startMs }) => recordRun(run, startMs, null)),
  );
}

/** The short agents, so that the pages move for half a minute. */
async function runOnce(pace: Pace): Promise<void> {
  await Promise.all([playRun(supportRouter(1), pace), playRun(researchAgent(2), pace)]);
}

async function runForever(pace: Pace): Promise<void> {
  await Promise.all([
    repeat(pace, 9, supportRouter),
    repeat(pace, 20, researchAgent),
    repeat(pace, 90, codeFixer),
    repeat(pace, 60, (turn) => nightlyIndexer(turn, liveDocuments)),
  ]);
}

/** Documents of a live indexing run: some 25 minutes. */
const liveDocuments = 1200;

/** Runs an agent turn after turn until stopped, with a rest in between. */
async function repeat(
  pace: Pace,
  restSeconds: number,
  agent: (turn: number) => Run,
): Promise<void> {
  for (let turn = 0; !pace.stopped; turn += 1) {
    await playRun(agent(turn), pace);
    await pace.wait(restSeconds);
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
