import { failure, success } from '@niitaka/core/result.ts';
import type { PersonRow } from '../storage/access-rows.ts';
import type { Command } from './command.ts';
import { writeAudit, type Acting } from './write-audit.ts';

export interface RevokePerson extends Acting {
  readonly id: string;
}

/** Takes a person's access away at once; what they did stays in the audit log. */
export const revokePerson: Command<RevokePerson, PersonRow> = async (context, args) => {
  const { tx, nowMs } = context;
  const found = await tx.findPerson(args.orgId, args.id);
  if (found === null) return failure('not_found', `Cannot revoke person ${args.id}: there is none`);
  if (found.revokedAtMs !== null) return success(found);
  await tx.revokePerson(args.orgId, args.id, nowMs);
  await tx.deleteBrowserSessionsOf(args.orgId, args.id);
  const before = { name: found.name, role: found.role };
  const after = { ...before, revoked: true };
  await writeAudit(context, args, { action: 'revoke-person', target: args.id, before, after });
  return success({ ...found, revokedAtMs: nowMs });
};
