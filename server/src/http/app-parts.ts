import type { CommandArgs, CommandName, CommandValue } from '../commands/registry.ts';
import type { Result } from '@niitaka/core/result.ts';
import type { Config } from '../config.ts';
import type { Clock } from '../context.ts';
import type { Live } from '../live/live.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { watchIngest } from '../metrics/recent-ingest.ts';
import type { Storage } from '../storage/port.ts';
import type { Credentials } from './credentials.ts';
import type { Samples } from './samples.ts';
import type { StaticFiles } from './static-files.ts';

/** Runs one command in the writer. */
export type Run = <Name extends CommandName>(
  name: Name,
  args: CommandArgs<Name>,
) => Promise<Result<CommandValue<Name>>>;

/** What the routes are built from. */
export interface AppParts {
  readonly config: Config;
  readonly version: string;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly recentIngest: ReturnType<typeof watchIngest>;
  readonly storage: Storage;
  readonly run: Run;
  readonly live: Live;
  readonly credentials: Credentials;
  readonly samples: Samples;
  readonly dashboard: StaticFiles;
}
