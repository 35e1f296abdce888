import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads';
import type { PolicyFile } from '../policy/policy-file.ts';
import type { ConfigureOptions } from './configure-options.ts';

const key = 'niitaka';

interface Inherited {
  readonly options: ConfigureOptions;
  readonly isRedacted: boolean;
  readonly policyFile: PolicyFile | null;
}

/** Lets worker threads that start from now on report like this one. A redactor cannot go along. */
export function leaveToWorkers(
  { redact, ...options }: ConfigureOptions,
  policyFile: PolicyFile | null,
): void {
  const inherited: Inherited = { options, isRedacted: redact !== undefined, policyFile };
  setEnvironmentData(key, { ...inherited });
}

/** What the parent thread left. Where it redacts, nothing passes until this thread has its own redactor. */
export function inheritedOptions(): ConfigureOptions {
  const inherited = readInherited();
  if (inherited === undefined) return {};
  return inherited.isRedacted ? { ...inherited.options, redact: withhold } : inherited.options;
}

/** The policy file as the parent thread read it: what became of it since is not looked at. */
export function inheritedPolicies(): PolicyFile | null {
  return readInherited()?.policyFile ?? null;
}

function readInherited(): Inherited | undefined {
  return isMainThread ? undefined : (getEnvironmentData(key) as unknown as Inherited | undefined);
}

function withhold(): string {
  return '[withheld: call configure({ redact }) in this worker]';
}
