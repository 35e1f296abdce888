import type { Client } from '../client/client.ts';
import { wireTime } from '../transport/wire-time.ts';
import { checkUuid } from './check-arguments.ts';
import { readMetrics } from './read-metrics.ts';
import type { Metrics } from './session-options.ts';

/**
 * Sends the outcome of a session that need not run here: outside the ledger, for this process is none of its
 * senders. Throws a `TypeError` for a bad id and for bad values (S7).
 */
export function sendMetrics(client: Client, sessionId: string, input: Metrics): void {
  checkUuid(sessionId, 'sessionId');
  const { metrics, problems } = readMetrics(input);
  if (problems.length > 0) throw new TypeError([...new Set(problems)].join('; '));
  client.outlet.send({
    kind: 'session.metrics',
    session_id: sessionId.toLowerCase(),
    metrics,
    recorded_at: wireTime(Date.now()),
  });
}
