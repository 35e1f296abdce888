import { codeFixer } from './agents/code-fixer.ts';
import { nightlyIndexer } from './agents/nightly-indexer.ts';
import { researchAgent } from './agents/research-agent.ts';
import { supportRouter } from './agents/support-router.ts';
import { runSeconds, type Run } from './plan.ts';

/** A run and when it started. */
export interface PastRun {
  readonly run: Run;
  readonly startMs: number;
}

/** Documents of a nightly run in the past, and of the one long run of the day before. */
export const indexedDocuments = { usual: 120, long: 1500 };

/** Most days that are written back. */
export const maxHistoryDays = 90;

/**
 * What the sample agents would have done in the `days` before `nowMs`: busy by day, quiet at night, the same for the
 * same arguments. Every run is over by `nowMs`; every 29th one died on the way.
 */
export function planHistory(nowMs: number, days: number): readonly PastRun[] {
  const runs: PastRun[] = [];
  for (let day = Math.min(days, maxHistoryDays); day >= 1; day -= 1) {
    runs.push(...planDay(nowMs - day * dayMs, (maxHistoryDays - day) * runsPerDay, day === 1));
  }
  return runs.filter(({ run, startMs }) => startMs + runSeconds(run) * 1000 < nowMs);
}

const dayMs = 86_400_000;
const runsPerDay = 32;

function planDay(startMs: number, firstTurn: number, isLast: boolean): readonly PastRun[] {
  const documents = isLast ? indexedDocuments.long : indexedDocuments.usual;
  const nightly = {
    run: nightlyIndexer(firstTurn, documents),
    startMs: startMs + nightHour * 3_600_000,
  };
  const others = Array.from({ length: runsPerDay - 1 }, (_each, index) => {
    const turn = firstTurn + index;
    const jitterMs = ((turn * 7919) % 1200) * 1000;
    return { run: dies(pick(turn), turn), startMs: startMs + hourOf(index) * 3_600_000 + jitterMs };
  });
  return [nightly, ...others].toSorted((one, other) => one.startMs - other.startMs);
}

const nightHour = 2;

/** Three in four runs fall into twelve hours in a row. */
function hourOf(index: number): number {
  return index % 4 === 3 ? (index * 5) % 24 : 7 + (index % 12);
}

function pick(turn: number): Run {
  if (turn % 8 === 5) return codeFixer(turn);
  return turn % 8 === 2 || turn % 8 === 6 ? researchAgent(turn) : supportRouter(turn);
}

/** A process that dies half-way leaves its session without metrics and without an end. */
function dies(run: Run, turn: number): Run {
  if (turn % 29 !== 28) return run;
  return { ...run, steps: run.steps.slice(0, Math.ceil(run.steps.length / 2)), metrics: null };
}
