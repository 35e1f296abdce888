import { success } from '@niitaka/core/result.ts';
import type { KeyRow, Scope } from '../storage/access-rows.ts';
import type { Command } from './command.ts';
import { writeAudit, type Acting } from './write-audit.ts';

export interface CreateKey extends Acting {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly prefix: string;
  /** SHA-256 of the secret in hex: the secret itself is never stored (O2). */
  readonly hash: string;
}

/** Makes an API key from the hash of its secret. */
export const createKey: Command<CreateKey, KeyRow> = async (context, args) => {
  const row: KeyRow = {
    orgId: args.orgId,
    id: context.newId(),
    name: args.name,
    prefix: args.prefix,
    scopes: [...new Set(args.scopes)],
    createdAtMs: context.nowMs,
    lastUsedAtMs: null,
    revokedAtMs: null,
  };
  await context.tx.insertKey(row, args.hash);
  const after = { name: row.name, prefix: row.prefix, scopes: row.scopes };
  await writeAudit(context, args, { action: 'create-key', target: row.id, after });
  return success(row);
};
