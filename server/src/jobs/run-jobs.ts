import type { Result } from '@niitaka/core/result.ts';
import type { RetentionRule } from '../commands/delete-old-sessions.ts';
import type { CommandName } from '../commands/registry.ts';

/** What happens by itself: a command, again and again. */
interface Job {
  readonly name: CommandName;
  readonly everyMs: number;
  /** Works on what a process has in memory: each does its own. */
  readonly isPerProcess?: true;
  /** What the command takes; null unless said. */
  readonly args?: unknown;
}

/** INVARIANT: the sweep runs at least every 15 s (S3). */
const jobs: readonly Job[] = [
  { name: 'close-stale-sessions', everyMs: 5_000 },
  { name: 'move-queued-trees', everyMs: 1_000 },
  { name: 'publish-roots', everyMs: 1_000, isPerProcess: true },
  { name: 'forget-expired', everyMs: 600_000 },
];

/** Runs of one job in a row while it says that more is waiting; the rest waits for its next turn. */
export const maxRunsInARow = 200;

/** How jobs reach the storage, and where their failures go. */
export interface JobParts {
  readonly takeLease: (job: string, forMs: number) => Promise<boolean>;
  readonly run: (name: CommandName, args: unknown) => Promise<Result<unknown>>;
  readonly onFailure: (job: CommandName, reason: string) => void;
  /** How long sessions are kept; empty: for ever. */
  readonly retention: readonly RetentionRule[];
}

/** Starts every job; answers how to stop them, which waits for a run that is under way. */
export function runJobs(parts: JobParts): () => Promise<void> {
  const stopping = new AbortController();
  const loops = [...jobs, ...retentionJobs(parts.retention)].map((job) =>
    repeat(job, parts, stopping.signal),
  );
  return async () => {
    stopping.abort();
    await Promise.all(loops);
  };
}

function retentionJobs(rules: readonly RetentionRule[]): readonly Job[] {
  if (rules.length === 0) return [];
  return [{ name: 'delete-old-sessions', everyMs: 600_000, args: { rules } }];
}

async function repeat(job: Job, parts: JobParts, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    if (await mayRun(job, parts)) await runWhileMore(job, parts, stopping);
    await rest(job.everyMs, stopping);
  }
}

/** How long a process that died keeps its job from the others, beyond the job's own turn, ms. */
const leaseSlackMs = 5_000;

async function mayRun(job: Job, { takeLease, onFailure }: JobParts): Promise<boolean> {
  if (job.isPerProcess === true) return true;
  try {
    return await takeLease(job.name, job.everyMs + leaseSlackMs);
  } catch (error) {
    onFailure(job.name, error instanceof Error ? error.message : String(error));
    return false;
  }
}

async function runWhileMore(
  { name, args = null }: Job,
  parts: JobParts,
  stopping: AbortSignal,
): Promise<void> {
  for (let runs = 0; runs < maxRunsInARow && !stopping.aborted; runs += 1) {
    const result = await parts.run(name, args);
    if (!result.ok) return parts.onFailure(name, result.failure.message);
    const { more } = result.value as { readonly more?: boolean };
    if (more !== true) return;
  }
}

function rest(ms: number, stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stopping.aborted) return resolve();
    const timer = setTimeout(done, ms).unref();
    function done(): void {
      clearTimeout(timer);
      stopping.removeEventListener('abort', done);
      resolve();
    }
    return stopping.addEventListener('abort', done);
  });
}
