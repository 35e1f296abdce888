import { join } from 'node:path';
import { engineNames, type EngineName } from '../server/src/storage/port.ts';
import { findPython } from '../tools/setup/find-python.mjs';
import { runProgram } from '../tools/setup/run-program.mjs';
import { vitestSuite } from '../tools/suites/vitest-suite.mjs';
import { hold, type Fault } from './fault.ts';

const root = join(import.meta.dirname, '..');

/** Gates that test files hold, which other suites of `npm test` run: here they are run again and again. */
export const testedFaults: readonly Fault[] = [
  {
    name: 'kill-sdk',
    what: 'kill -9 of SDK processes, both languages, spool on',
    gate: '0 emitted events missing after the next start',
    engines: [],
    rounds: { full: 20, short: null },
    run: async (rounds) => {
      const typescript = await repeatTests(rounds, [
        'sdk-typescript/src/client/process-end.test.ts',
        'sdk-typescript/src/client/cross-language.test.ts',
        ...named('a process that is killed|the spool of both languages'),
      ]);
      const python = await repeatPython(rounds, [
        'test_process.Killed',
        'test_languages.Languages',
      ]);
      return `${typescript} tests in TypeScript, ${python} in Python`;
    },
  },
  testsOf({
    name: 'store-calls',
    what: 'the n-th store call of each command fails, for every n',
    gate: 'nothing half-written',
    args: [
      'server/src/writer/commit-group.test.ts',
      'server/src/commands/access-faults.test.ts',
      'server/src/commands/policy-faults.test.ts',
      'server/src/commands/lease-budget.test.ts',
    ],
  }),
  testsOf({
    name: 'clock-jumps',
    what: 'clock jumps of a day and more, leap days, other time zones',
    gate: 'no negative duration, no false stale, right buckets',
    args: [
      'core/src/event',
      'core/src/session',
      'core/src/ids',
      'server/src/commands/close-stale-sessions.test.ts',
      'server/src/commands/ingest/ingest-clocks.test.ts',
      'server/src/commands/ingest/ingest-sessions.test.ts',
      'sdk-typescript/src/client/promises.test.ts',
      'dashboard/src/lib/format-time.test.ts',
      'dashboard/src/features/sessions/histogram',
      ...named('clock|time|stale|leap|day|gap|deaf|axisLabels|uuid'),
    ],
  }),
  testsOf({
    name: 'other-organisation',
    what: "another organisation's ids on every route, revoked and wrong-scope keys, forged cookies, other sites, hostile bytes",
    gate: 'nothing read, nothing written',
    args: [
      'server/src/http/other-organisation.test.ts',
      'server/src/http/access.test.ts',
      'server/src/http/hostile.test.ts',
      'server/src/writer/ingest-fuzz.test.ts',
    ],
    engines: engineNames,
  }),
];

interface Tested {
  readonly name: string;
  readonly what: string;
  readonly gate: string;
  readonly args: readonly string[];
  readonly engines?: readonly EngineName[];
}

function testsOf({ name, what, gate, args, engines = [] }: Tested): Fault {
  return {
    name,
    what,
    gate,
    engines,
    rounds: { full: 5, short: null },
    run: async (rounds, engine) => {
      const env: Record<string, string> =
        engine === 'sqlite' ? {} : { NIITAKA_TEST_ENGINE: engine };
      return `${await repeatTests(rounds, args, env)} tests`;
    },
  };
}

function named(pattern: string): readonly string[] {
  return ['--testNamePattern', pattern];
}

async function repeatTests(
  rounds: number,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<number> {
  let count = 0;
  for (let round = 0; round < rounds; round += 1) {
    const place = { root, node: process.execPath, isQuiet: true };
    const { passed, failed, output } = await vitestSuite('', args, env).run(place);
    hold(failed === 0 && passed > 0, `round ${round + 1}: ${failed} tests failed: ${output}`);
    count += passed;
  }
  return count;
}

async function repeatPython(rounds: number, names: readonly string[]): Promise<number> {
  const python = (await findPython()) ?? 'python3';
  const folder = join(root, 'sdk-python');
  const options = {
    cwd: join(folder, 'tests'),
    env: { PYTHONPATH: join(folder, 'src'), PYTHONDONTWRITEBYTECODE: '1' },
    quiet: true,
  };
  let count = 0;
  for (let round = 0; round < rounds; round += 1) {
    const { code, output } = await runProgram(python, ['-m', 'unittest', ...names], options);
    const ran = Number(/^Ran (\d+) tests? in/m.exec(output)?.[1] ?? 0);
    hold(code === 0 && ran > 0, `round ${round + 1}: ${output}`);
    count += ran;
  }
  return count;
}
