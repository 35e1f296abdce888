import { AgentExecutionStoppedError } from '../control/agent-execution-stopped-error.ts';
import { isInstance } from './is-instance.ts';

/** Errors around a stop that are looked through: helpers of client libraries wrap what they did not throw. */
const causeLimit = 5;

/** Whether a thrown value is a deliberate stop, or was thrown for one. */
export function isStop(thrown: unknown): boolean {
  let error: unknown = thrown;
  for (let depth = 0; depth < causeLimit; depth += 1) {
    if (isInstance(error, AgentExecutionStoppedError)) return true;
    if (!isInstance(error, Error)) return false;
    error = error.cause;
  }
  return false;
}
