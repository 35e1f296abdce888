import { failure, success } from '@niitaka/core/result.ts';
import type { ViewRow } from '../storage/access-rows.ts';
import type { Command } from './command.ts';
import { writeAudit, type Acting } from './write-audit.ts';

export interface DeleteView extends Acting {
  readonly holderId: string;
  readonly id: string;
}

/** Removes a saved view of the one who asks; another's is not found. */
export const deleteView: Command<DeleteView, ViewRow> = async (context, args) => {
  const found = await context.tx.findView(args.orgId, args.holderId, args.id);
  if (found === null) return failure('not_found', `Cannot delete view ${args.id}: there is none`);
  await context.tx.deleteView(args.orgId, args.holderId, args.id);
  const before = { page: found.page, name: found.name, query: found.query };
  await writeAudit(context, args, { action: 'delete-view', target: args.id, before });
  return success(found);
};
