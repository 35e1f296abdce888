/** The greatest values a policy may hold. */
export const policyLimits = {
  /** Characters of ids, names, environments and models. */
  nameCharacters: 200,
  /** Priority, either sign. */
  priority: 1_000_000,
  /** USD of a cost limit. */
  costUsd: 1_000_000_000,
  /** Steps of a step limit. */
  steps: 1_000_000_000,
  /** Repetitions of one call (P1). */
  retries: 10,
  /** Seconds between two attempts. */
  delaySeconds: 86_400,
  /** Error kinds of one policy. */
  errorKinds: 50,
} as const;

/** The longest delay, in seconds, of a retry policy that names none (P4). */
export const defaultMaxSeconds = 60;
