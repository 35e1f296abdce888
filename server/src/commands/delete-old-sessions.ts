import { success } from '@niitaka/core/result.ts';
import type { Command } from './command.ts';
import { removeSessions } from './remove-sessions.ts';
import { writeAudit } from './write-audit.ts';

const dayMs = 86_400_000;

/** Sessions removed in one transaction; the next run takes the rest. */
export const deleteOldLimit = 500;

/** For how many days the sessions of an environment are kept from their end; `environment` null: of all others. */
export interface RetentionRule {
  readonly environment: string | null;
  readonly days: number;
}

/** What is to be removed. */
export interface DeleteOldSessions {
  readonly rules: readonly RetentionRule[];
}

/** Removes whole sessions that ended longer ago than their environment keeps them; running ones stay. Audited. */
export const deleteOldSessions: Command<
  DeleteOldSessions,
  { deleted: number; more: boolean }
> = async (context, { rules }) => {
  let deleted = 0;
  for (const { orgId, name } of await context.tx.environmentsSeen()) {
    const beforeMs = keptSince(rules, name, context.nowMs);
    if (beforeMs === null || deleted >= deleteOldLimit) continue;
    const room = deleteOldLimit - deleted;
    const ids = await context.tx.endedSessionIds(orgId, name, beforeMs, room);
    const { sessions } = await removeSessions(context, orgId, ids);
    deleted += sessions.length;
    if (sessions.length === 0) continue;
    const ended_before = new Date(beforeMs).toISOString();
    const after = { sessions: sessions.length, ended_before };
    const deed = { action: 'delete-old-sessions', target: name, after };
    await writeAudit(context, { orgId, actor: 'retention' }, deed);
  }
  return success({ deleted, more: deleted >= deleteOldLimit });
};

/** The moment before whose sessions go; null: all stay. */
export function keptSince(
  rules: readonly RetentionRule[],
  environment: string,
  nowMs: number,
): number | null {
  const rule =
    rules.find((one) => one.environment === environment) ??
    rules.find((one) => one.environment === null);
  return rule === undefined ? null : nowMs - rule.days * dayMs;
}
