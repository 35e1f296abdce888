import { success } from '@niitaka/core/result.ts';
import type { Command } from './command.ts';
import { keptSince, type DeleteOldSessions } from './delete-old-sessions.ts';

/** What would go of an environment, of all organisations together. */
export interface OldSessions {
  readonly environment: string;
  readonly beforeMs: number;
  readonly sessions: number;
  readonly events: number;
}

/** Counts what {@link DeleteOldSessions} would remove, and removes nothing; environments that keep all are left out. */
export const countOldSessions: Command<DeleteOldSessions, readonly OldSessions[]> = async (
  { tx, nowMs },
  { rules },
) => {
  const found = new Map<string, OldSessions>();
  for (const { orgId, name } of await tx.environmentsSeen()) {
    const beforeMs = keptSince(rules, name, nowMs);
    if (beforeMs === null) continue;
    const { sessions, events } = await tx.countEnded(orgId, name, beforeMs);
    const known = found.get(name) ?? { environment: name, beforeMs, sessions: 0, events: 0 };
    found.set(name, {
      ...known,
      sessions: known.sessions + sessions,
      events: known.events + events,
    });
  }
  return success([...found.values()]);
};
