/** What an operator says an agent is (A2). */
export type AgentOverride = 'shipped' | 'deprecated' | 'archived';

/** What an agent is (A2). */
export type AgentStatus = AgentOverride | 'active' | 'stale' | 'error' | 'new' | 'idle';

/** A session that is over, as an agent's status looks at it. */
export interface EndedSession {
  readonly status: 'done' | 'stale';
  readonly errorCount: number;
  readonly endedAtMs: number;
}

/** What an agent's status is computed from. */
export interface AgentFacts {
  readonly override: AgentOverride | null;
  /** Sessions that run now. */
  readonly running: number;
  /** Its newest ended sessions, the newest first: at least {@link judgedSessions}, or all. */
  readonly ended: readonly EndedSession[];
}

/** Ended sessions that are looked at for errors. */
export const judgedSessions = 10;

const judgedForMs = 86_400_000;

/** An agent's status, the first that fits: override, active, stale, error, new, idle (A2). */
export function agentStatus({ override, running, ended }: AgentFacts, nowMs: number): AgentStatus {
  if (override !== null) return override;
  if (running > 0) return 'active';
  const [newest] = ended;
  if (newest === undefined) return 'new';
  if (newest.status === 'stale') return 'stale';
  const judged = ended
    .slice(0, judgedSessions)
    .filter(({ endedAtMs }) => endedAtMs > nowMs - judgedForMs);
  return judged.some(({ errorCount }) => errorCount > 0) ? 'error' : 'idle';
}
