/** How long one read may take, ms: a restart of the log waits more than twice as long for it. */
export const readLimitMs = 2_000;
