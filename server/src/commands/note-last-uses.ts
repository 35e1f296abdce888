import { success } from '@niitaka/core/result.ts';
import type { LastUses } from '../storage/access-tx.ts';
import type { Command } from './command.ts';

/** Stores when keys and browser sessions were last used; gathered, so it is at most one a minute each. */
export const noteLastUses: Command<LastUses, null> = async ({ tx }, uses) => {
  await tx.noteLastUses(uses);
  return success(null);
};
