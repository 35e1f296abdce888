import { success } from '@niitaka/core/result.ts';
import type { Command } from './command.ts';
import { writeAudit, type Acting, type Deed } from './write-audit.ts';

export interface NoteDeed extends Acting {
  readonly deed: Deed;
}

/** Puts a deed that is more than one write, such as loading sample data, into the audit log. */
export const noteDeed: Command<NoteDeed, null> = async (context, args) => {
  await writeAudit(context, args, args.deed);
  return success(null);
};
