/** Why a session was stopped. */
export interface StopReason {
  readonly sessionId: string;
  /** Id of the policy that stopped it; `operator` when left out. */
  readonly policy?: string;
  /** The limit that was reached, where there is one: US dollars or steps. */
  readonly threshold?: number;
  /** What was found against it. */
  readonly found?: number;
}

/** Thrown before a step of a session that an operator or a policy stopped; every further step throws it again. */
export class AgentExecutionStoppedError extends Error {
  override readonly name = 'AgentExecutionStoppedError';
  readonly sessionId: string;
  readonly policy: string;
  readonly threshold: number | null;
  readonly found: number | null;

  constructor(message: string, reason: StopReason) {
    super(message);
    this.sessionId = reason.sessionId;
    this.policy = reason.policy ?? 'operator';
    this.threshold = reason.threshold ?? null;
    this.found = reason.found ?? null;
  }
}
