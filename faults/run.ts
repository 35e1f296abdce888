import { cutStreams } from './cut-streams.ts';
import type { Fault } from './fault.ts';
import { fillDisk } from './fill-disk.ts';
import { killServer } from './kill-server.ts';
import { resendBatches } from './resend-batches.ts';
import { raceSweep } from './race-sweep.ts';
import { restartInTurn } from './restart-in-turn.ts';
import { sendGarbage } from './send-garbage.ts';

const faults: readonly Fault[] = [
  killServer,
  restartInTurn,
  resendBatches,
  fillDisk,
  cutStreams,
  raceSweep,
  sendGarbage,
];

/** `npm run faults [-- --short] [NAME…]`: a line for each fault, and the sum as the last one. */
async function main(args: readonly string[]): Promise<void> {
  const isShort = args.includes('--short');
  const names = args.filter((arg) => !arg.startsWith('--'));
  const chosen = faults.filter(
    ({ name }) => names.length === 0 || names.some((part) => name.includes(part)),
  );
  let failed = 0;
  for (const fault of chosen) {
    const rounds = isShort ? fault.rounds.short : fault.rounds.full;
    const startedAt = performance.now();
    const outcome = await fault.run(rounds).then(
      (seen) => ({ met: true, seen }),
      (error: unknown) => ({ met: false, seen: String(error) }),
    );
    if (!outcome.met) failed += 1;
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const verdict = outcome.met ? 'met' : 'NOT MET';
    console.log(`${verdict}  ${fault.name} (${fault.gate}): ${outcome.seen}, ${seconds} s`);
  }
  console.log(`${chosen.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && chosen.length > 0 ? 0 : 1;
}

await main(process.argv.slice(2));
