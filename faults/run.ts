import { parseArgs } from 'node:util';
import { engineNames, type EngineName } from '../server/src/storage/port.ts';
import { faults } from './all-faults.ts';
import type { Fault, Rounds } from './fault.ts';

interface Asked {
  readonly isShort: boolean;
  readonly names: readonly string[];
  readonly engine: string | undefined;
  readonly rounds: number | undefined;
}

/** One run of one fault. */
interface Turn {
  readonly fault: Fault;
  readonly engine: EngineName | null;
  readonly rounds: number;
}

const usage = `npm run faults [-- --short] [--only NAME]… [--engine ${engineNames.join('|')}] [--rounds N]`;

/** A line for each fault on each engine, and the sum as the last one. */
async function main(args: readonly string[]): Promise<void> {
  const turns = turnsOf(readArguments(args));
  let failed = 0;
  for (const { fault, engine, rounds } of turns) {
    const startedAt = performance.now();
    const outcome = await fault.run(rounds, engine ?? 'sqlite').then(
      (seen) => ({ met: true, seen }),
      (error: unknown) => ({ met: false, seen: String(error) }),
    );
    if (!outcome.met) failed += 1;
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const verdict = outcome.met ? 'met    ' : 'NOT MET';
    const where = engine === null ? '' : ` on ${engine}`;
    console.log(
      `${verdict}  ${fault.name}${where}: ${fault.what} (${fault.gate}): ${outcome.seen}, ${seconds} s`,
    );
  }
  console.log(`${turns.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && turns.length > 0 ? 0 : 1;
}

function readArguments(args: readonly string[]): Asked {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      short: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      engine: { type: 'string' },
      rounds: { type: 'string' },
    },
    allowPositionals: true,
  });
  const { short: isShort, only, engine, rounds } = values;
  const count = rounds === undefined ? undefined : Number(rounds);
  if (count !== undefined && !(count >= 1)) throw new Error(`--rounds must be a number: ${usage}`);
  const names = [...only, ...positionals];
  const unknown = names.filter((name) => faults.every((fault) => fault.name !== name));
  if (unknown.length > 0) {
    const known = faults.map(({ name }) => name).join(', ');
    throw new Error(`There is no fault ${unknown.join(', ')}; there are ${known}`);
  }
  if (engine !== undefined && !(engineNames as readonly string[]).includes(engine)) {
    throw new Error(`There is no engine ${engine}: ${usage}`);
  }
  return { isShort, names, engine, rounds: count };
}

function turnsOf({ isShort, names, engine, rounds }: Asked): readonly Turn[] {
  return faults
    .filter(({ name }) => names.length === 0 || names.includes(name))
    .flatMap((fault) => {
      const on = fault.engines.length === 0 ? [null] : fault.engines;
      const chosen = on.filter((one) => engine === undefined || one === engine);
      return chosen.flatMap((one) => {
        const own = rounds ?? (isShort ? shortRounds(fault.rounds, one) : fault.rounds.full);
        return own === null ? [] : [{ fault, engine: one, rounds: own }];
      });
    });
}

function shortRounds(rounds: Rounds, engine: EngineName | null): number | null {
  const { short, shortOnPostgres = short } = rounds;
  return engine === 'postgres' ? shortOnPostgres : short;
}

await main(process.argv.slice(2));
