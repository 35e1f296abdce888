import type { CommandContext } from './command.ts';

/** Who acts in which organisation; `actor` is how the audit log names them. */
export interface Acting {
  readonly orgId: string;
  readonly actor: string;
}

/** What was done to what; states are plain data and never hold a secret. */
export interface Deed {
  readonly action: string;
  readonly target: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Adds one row to the audit log, in the transaction of the write it tells of. */
export async function writeAudit(context: CommandContext, who: Acting, deed: Deed): Promise<void> {
  await context.tx.insertAudit({
    orgId: who.orgId,
    id: context.newId(),
    atMs: context.nowMs,
    actor: who.actor,
    action: deed.action,
    target: deed.target,
    before: deed.before === undefined ? null : JSON.stringify(deed.before),
    after: deed.after === undefined ? null : JSON.stringify(deed.after),
  });
}
