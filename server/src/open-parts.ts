import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Config } from './config.ts';
import { openIds, systemClock } from './context.ts';
import type { AppParts, Run } from './http/app-parts.ts';
import { Credentials } from './http/credentials.ts';
import { openLiveSource } from './http/live-source.ts';
import { openSamples } from './http/samples.ts';
import { openStaticFiles } from './http/static-files.ts';
import { Live } from './live/live.ts';
import type { Log } from './log.ts';
import { openMetrics, type Metrics } from './metrics/metrics.ts';
import { watchIngest } from './metrics/recent-ingest.ts';
import type { GroupFacts, Storage } from './storage/port.ts';
import { version } from './version.ts';

const dashboardFolder = fileURLToPath(new URL('../../dashboard/dist', import.meta.url));

/** Wires what the routes are built from to one storage. */
export async function openParts(config: Config, log: Log, storage: Storage): Promise<AppParts> {
  const clock = systemClock;
  const metrics = openMetrics();
  storage.onGroup((facts) => noteGroup(metrics, facts));
  const live = new Live({
    source: openLiveSource(storage.reader, clock),
    onChange: (listener) => storage.onChange(listener),
    clock,
    pause,
    random: Math.random,
    onError(error) {
      metrics.engineErrors.add(1, 'stream');
      log.error({ err: error }, 'the live stream failed to read');
    },
    onReturn: (how) => metrics.streamReturns.add(1, how),
    onSent(messages, bytes) {
      metrics.streamMessages.add(messages);
      metrics.streamBytes.add(bytes);
    },
  });
  // The registry says what each name takes and gives; the port carries both as they are.
  const run = storage.run as Run;
  return {
    config,
    version,
    clock,
    newId: openIds(clock),
    log,
    metrics,
    recentIngest: watchIngest(metrics, clock),
    storage,
    run,
    live,
    credentials: new Credentials(storage.reader, clock),
    samples: openSamples(storage, run, (reason) => log.warn({ reason }, 'the samples failed')),
    dashboard: await openStaticFiles(dashboardFolder, config.basePath),
  };
}

function noteGroup(metrics: Metrics, facts: GroupFacts): void {
  const { batches, accepted, duplicates, rejected, ms, errors } = facts;
  if (errors > 0) metrics.engineErrors.add(errors, 'write');
  if (batches === 0) return;
  metrics.ingestRecords.add(accepted, 'accepted');
  metrics.ingestRecords.add(duplicates, 'duplicate');
  metrics.ingestRecords.add(rejected, 'rejected');
  metrics.commitRecords.observe(accepted + duplicates + rejected);
  metrics.commitSeconds.observe(ms / 1000);
}
