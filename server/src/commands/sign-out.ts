import { success } from '@niitaka/core/result.ts';
import type { Command } from './command.ts';
import { writeAudit, type Acting } from './write-audit.ts';

export interface SignOut extends Acting {
  readonly sessionHash: string;
}

/** Ends one browser session. A second time changes nothing. */
export const signOut: Command<SignOut, null> = async (context, args) => {
  const found = await context.tx.findBrowserSession(args.sessionHash);
  if (found === null || found.orgId !== args.orgId) return success(null);
  await context.tx.deleteBrowserSession(args.sessionHash);
  await writeAudit(context, args, { action: 'sign-out', target: found.holderId });
  return success(null);
};
