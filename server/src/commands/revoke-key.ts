import { failure, success } from '@niitaka/core/result.ts';
import type { KeyRow } from '../storage/access-rows.ts';
import type { Command } from './command.ts';
import { writeAudit, type Acting } from './write-audit.ts';

export interface RevokeKey extends Acting {
  readonly id: string;
}

/** Ends a key for good, and every browser that signed in with it. A second time changes nothing. */
export const revokeKey: Command<RevokeKey, KeyRow> = async (context, args) => {
  const { tx, nowMs } = context;
  const found = await tx.findKey(args.orgId, args.id);
  if (found === null) return failure('not_found', `Cannot revoke key ${args.id}: there is none`);
  if (found.revokedAtMs !== null) return success(found);
  await tx.revokeKey(args.orgId, args.id, nowMs);
  await tx.deleteBrowserSessionsOf(args.orgId, args.id);
  const state = { name: found.name, prefix: found.prefix, scopes: found.scopes };
  const after = { ...state, revoked: true };
  await writeAudit(context, args, { action: 'revoke-key', target: args.id, before: state, after });
  return success({ ...found, revokedAtMs: nowMs });
};
