import { activateVersion } from './activate-version.ts';
import { changeAgent } from './change-agent.ts';
import { changePolicy } from './change-policy.ts';
import { changeVersion } from './change-version.ts';
import { closeStaleSessions } from './close-stale-sessions.ts';
import type { Command } from './command.ts';
import { createKey } from './create-key.ts';
import { createOrganisation } from './create-organisation.ts';
import { createPolicy } from './create-policy.ts';
import { createSignInLink } from './create-sign-in-link.ts';
import { createVersion } from './create-version.ts';
import { createView } from './create-view.ts';
import { deleteOldSessions } from './delete-old-sessions.ts';
import { deletePolicy } from './delete-policy.ts';
import { deleteSession } from './delete-session.ts';
import { deleteView } from './delete-view.ts';
import { forgetExpired } from './forget-expired.ts';
import { giveCommand } from './give-command.ts';
import { importPolicies } from './import-policies.ts';
import { ingestBatch } from './ingest/ingest-batch.ts';
import { invitePerson } from './invite-person.ts';
import { leaseBudget } from './lease-budget.ts';
import { markSignalsRead } from './mark-signals-read.ts';
import { moveQueuedTrees } from './move-queued-trees.ts';
import { noteControlPoll } from './note-control-poll.ts';
import { noteDeed } from './note-deed.ts';
import { noteLastUses } from './note-last-uses.ts';
import { priceModels } from './price-models.ts';
import { publishRoots } from './publish-roots.ts';
import { revokeKey } from './revoke-key.ts';
import { revokePerson } from './revoke-person.ts';
import { runOnce } from './run-once.ts';
import { signIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';

/** Every write of the server by its name. */
export const commands = {
  'activate-version': activateVersion,
  'change-agent': changeAgent,
  'change-policy': changePolicy,
  'change-version': changeVersion,
  'close-stale-sessions': closeStaleSessions,
  'create-key': runOnce(createKey),
  'create-organisation': createOrganisation,
  'create-policy': runOnce(createPolicy),
  'create-sign-in-link': createSignInLink,
  'create-version': runOnce(createVersion),
  'create-view': runOnce(createView),
  'delete-old-sessions': deleteOldSessions,
  'delete-policy': deletePolicy,
  'delete-session': deleteSession,
  'delete-view': deleteView,
  'forget-expired': forgetExpired,
  'give-command': runOnce(giveCommand),
  'import-policies': runOnce(importPolicies),
  'ingest-batch': ingestBatch,
  'invite-person': runOnce(invitePerson),
  'lease-budget': leaseBudget,
  'mark-signals-read': markSignalsRead,
  'move-queued-trees': moveQueuedTrees,
  'note-control-poll': noteControlPoll,
  'note-deed': noteDeed,
  'note-last-uses': noteLastUses,
  'price-models': priceModels,
  'publish-roots': publishRoots,
  'revoke-key': revokeKey,
  'revoke-person': revokePerson,
  'sign-in': signIn,
  'sign-out': signOut,
} as const;

/** A command's name. */
export type CommandName = keyof typeof commands;

/** What a command takes. */
export type CommandArgs<Name extends CommandName> =
  (typeof commands)[Name] extends Command<infer Args, infer _Value> ? Args : never;

/** What a command gives. */
export type CommandValue<Name extends CommandName> =
  (typeof commands)[Name] extends Command<infer _Args, infer Value> ? Value : never;
