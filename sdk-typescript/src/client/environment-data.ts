import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads';
import type { ConfigureOptions } from './settings.ts';

const key = 'niitaka';

interface Inherited {
  readonly options: ConfigureOptions;
  readonly isRedacted: boolean;
}

/** Lets worker threads that start from now on report like this one. A redactor cannot go along. */
export function leaveToWorkers({ redact, ...options }: ConfigureOptions): void {
  const inherited: Inherited = { options, isRedacted: redact !== undefined };
  setEnvironmentData(key, { ...inherited });
}

/** What the parent thread left. Where it redacts, nothing passes until this thread has its own redactor. */
export function inheritedOptions(): ConfigureOptions {
  if (isMainThread) return {};
  const inherited = getEnvironmentData(key) as unknown as Inherited | undefined;
  if (inherited === undefined) return {};
  return inherited.isRedacted ? { ...inherited.options, redact: withhold } : inherited.options;
}

function withhold(): string {
  return '[withheld: call configure({ redact }) in this worker]';
}
