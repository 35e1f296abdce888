import { failure, success, type Result } from '@niitaka/core/result.ts';
import type { BrowserSessionRow } from '../storage/access-rows.ts';
import type { Command, CommandContext } from './command.ts';
import { writeAudit } from './write-audit.ts';

export interface SignIn {
  /** By a one-time link, or by an admin key that was already checked. */
  readonly by:
    | { readonly linkHash: string }
    | { readonly orgId: string; readonly keyId: string; readonly keyActor: string };
  readonly sessionHash: string;
  /** The browser's session so far, which the new one takes the place of. */
  readonly replacesHash: string | null;
}

interface Holder {
  readonly orgId: string;
  readonly holderId: string;
  readonly actor: string;
}

const sessionLifeMs = 30 * 86_400_000;

/** Opens a browser session under a new token (O3). */
export const signIn: Command<SignIn, BrowserSessionRow> = async (context, args) => {
  const { tx, nowMs } = context;
  const by = args.by;
  const holder: Result<Holder> =
    'linkHash' in by
      ? await useLink(context, by.linkHash)
      : success({ orgId: by.orgId, holderId: by.keyId, actor: by.keyActor });
  if (!holder.ok) return holder;
  const { orgId, holderId, actor } = holder.value;
  if (args.replacesHash !== null) await tx.deleteBrowserSession(args.replacesHash);
  await tx.deleteExpiredSignIns(nowMs - sessionLifeMs);
  const row = {
    tokenHash: args.sessionHash,
    orgId,
    holderId,
    createdAtMs: nowMs,
    lastUsedAtMs: nowMs,
  };
  await tx.insertBrowserSession(row);
  await writeAudit(context, { orgId, actor }, { action: 'sign-in', target: holderId });
  return success(row);
};

async function useLink({ tx, nowMs }: CommandContext, linkHash: string): Promise<Result<Holder>> {
  const link = await tx.findSignInLink(linkHash);
  if (link === null) return refused('it is not known');
  if (link.usedAtMs !== null) return refused('it has been used');
  if (link.expiresAtMs <= nowMs) return refused('it has run out');
  const person = await tx.findPerson(link.orgId, link.personId);
  if (person === null || person.revokedAtMs !== null) return refused('its person was revoked');
  await tx.useSignInLink(linkHash, nowMs);
  const { orgId, id: holderId, name } = person;
  return success({ orgId, holderId, actor: `person "${name}"` });
}

function refused(why: string): Result<never> {
  const how = 'Ask for another, or print one where the server runs with `npm run niitaka link`';
  return failure('unauthenticated', `Cannot sign in with this link: ${why}. ${how}`);
}
