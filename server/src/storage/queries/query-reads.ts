import type { Reader } from '../reader.ts';
import type { AgentReader } from '../agent-tx.ts';
import type { PolicyHitReader } from '../policy-tx.ts';
import type { ReplayReader } from '../replay-reader.ts';
import type { SessionReader } from '../session-reader.ts';
import { agentBuckets } from './agent-buckets.ts';
import { agentReads } from './agent-reads.ts';
import { commandReads } from './command-reads.ts';
import { costReads } from './cost-reads.ts';
import { eventReads } from './event-reads.ts';
import { openHourAgents } from './hour-agents.ts';
import { policyHitReads } from './policy-hits.ts';
import { rangeBuckets } from './range-buckets.ts';
import { rangeStats } from './range-stats.ts';
import { rangeTotals } from './range-totals.ts';
import { replayReads } from './replay-reads.ts';
import type { Runner } from './runner.ts';
import { sessionReads } from './session-reads.ts';
import { signalReads } from './signal-reads.ts';

/** Every read of sessions and what belongs to them, through one runner. */
export function queryReads(
  runner: Runner,
): SessionReader &
  PolicyHitReader &
  ReplayReader &
  Omit<AgentReader, 'versions' | 'version' | 'activeVersion'> {
  return {
    ...agentReads(runner),
    ...sessionReads(runner),
    ...eventReads(runner),
    ...costReads(runner),
    ...signalReads(runner),
    ...commandReads(runner),
    ...policyHitReads(runner),
    ...replayReads(runner),
    ...rangeReads(runner),
  };
}

function rangeReads(runner: Runner) {
  const hourAgents = openHourAgents(runner);
  return {
    rangeTotals: (...[orgId, filter, nowMs]: Parameters<Reader['rangeTotals']>) =>
      rangeTotals(runner, orgId, filter, nowMs),
    rangeBuckets: (...[orgId, filter, bucketMs, nowMs]: Parameters<Reader['rangeBuckets']>) =>
      rangeBuckets(runner, orgId, filter, bucketMs, nowMs),
    rangeStats: (...[orgId, filter, bucketMs, agentMs, nowMs]: Parameters<Reader['rangeStats']>) =>
      rangeStats(runner, orgId, filter, bucketMs, agentMs, nowMs, hourAgents),
    agentBuckets: (...[orgId, filter, bucketMs, nowMs]: Parameters<Reader['agentBuckets']>) =>
      agentBuckets(runner, orgId, filter, bucketMs, nowMs, hourAgents),
  };
}
