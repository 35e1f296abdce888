import { backOffSeconds } from '@niitaka/core/policy/back-off.ts';
import type { RetryPolicy } from '@niitaka/core/policy/policy.ts';
import type { FailedCall } from '../policy/guard.ts';
import type { Recorder } from '../session/recorder.ts';
import { objectAt } from './read-json.ts';

/** Attempts of one call, those with another model included; what fails then is the host's. */
const attemptLimit = 32;

/**
 * Asks the policies about a call that failed and left its event. Milliseconds to wait before it is made again; null
 * where the failure is the host's to deal with. Throws an `AgentExecutionStoppedError` where a limit stops the session.
 */
export function waitBeforeRetryMs(
  { control }: Recorder,
  failed: FailedCall,
  error: unknown,
  mayUse: (model: string) => boolean,
): number | null {
  if (control.guard?.mindsFailures !== true || failed.attempt >= attemptLimit) return null;
  const policy = control.judge(failed, mayUse)?.policy;
  if (policy === undefined || policy === null) return null;
  return policy.type === 'retry' ? delayMs(policy, failed.attempt, error) : 0;
}

/** With full jitter; longer where the provider asks for it, but never longer than the policy's longest (P4). */
function delayMs(policy: RetryPolicy, attempt: number, error: unknown): number {
  const drawn = backOffSeconds(policy, attempt, Math.random());
  return 1000 * Math.max(drawn, Math.min(retryAfterSeconds(error), policy.maxSeconds));
}

/** What the provider asks for in the head of its refusal; 0 where it asks for nothing. */
function retryAfterSeconds(error: unknown): number {
  const { headers } = objectAt(error);
  const header = (name: string) =>
    headers instanceof Headers ? headers.get(name) : objectAt(headers)[name];
  const ms = Number.parseFloat(String(header('retry-after-ms')));
  if (ms >= 0) return ms / 1000;
  const text = String(header('retry-after'));
  const seconds = /^[\d.]+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return seconds > 0 ? seconds : 0;
}
