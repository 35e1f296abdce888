import { bigReads } from './big-reads.ts';
import { crowdStreams } from './crowd-streams.ts';
import { cutStreams } from './cut-streams.ts';
import { killInTurn, restartInTurn } from './end-in-turn.ts';

import { failWrite } from './fail-write.ts';
import type { Fault } from './fault.ts';
import { fillDisk, readOnly } from './fill-disk.ts';
import { hangUp } from './hang-up.ts';
import { killServer } from './kill-server.ts';
import { outage } from './outage.ts';
import { raceSweep } from './race-sweep.ts';
import { resendBatches } from './resend-batches.ts';
import { sendGarbage } from './send-garbage.ts';
import { testedFaults } from './tested-faults.ts';

/** Every fault that this program is held against. */
export const faults: readonly Fault[] = [
  killServer,
  restartInTurn,
  killInTurn,
  outage,
  fillDisk,
  readOnly,
  failWrite,
  resendBatches,
  raceSweep,
  cutStreams,
  crowdStreams,
  bigReads,
  hangUp,
  sendGarbage,
  ...testedFaults,
];
