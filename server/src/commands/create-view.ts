import { failure, success } from '@niitaka/core/result.ts';
import type { ViewRow } from '../storage/access-rows.ts';
import type { Command } from './command.ts';
import { writeAudit, type Acting } from './write-audit.ts';

export interface CreateView extends Acting {
  readonly holderId: string;
  readonly page: string;
  readonly name: string;
  readonly query: string;
}

/** How many views one person keeps. */
export const viewLimit = 200;

/** Saves a page's query under a name, for the one who saves it. */
export const createView: Command<CreateView, ViewRow> = async (context, args) => {
  const { tx, nowMs, newId } = context;
  const count = await tx.countViews(args.orgId, args.holderId);
  if (count >= viewLimit) {
    return failure('over_limit', `Cannot save the view: found ${count}, at most ${viewLimit}`);
  }
  const { orgId, holderId, page, name, query } = args;
  const row: ViewRow = { orgId, holderId, page, name, query, id: newId(), createdAtMs: nowMs };
  await tx.insertView(row);
  const after = { page, name, query };
  await writeAudit(context, args, { action: 'create-view', target: row.id, after });
  return success(row);
};
