import { failure, success } from '@niitaka/core/result.ts';
import type { PersonRow, Role } from '../storage/access-rows.ts';
import type { Command } from './command.ts';
import { writeAudit, type Acting } from './write-audit.ts';

export interface InvitePerson extends Acting {
  readonly name: string;
  readonly role: Role;
  readonly linkHash: string;
  readonly linkExpiresAtMs: number;
}

export interface InvitedPerson {
  readonly person: PersonRow;
  readonly linkExpiresAtMs: number;
}

/** Adds a person with a one-time link to sign in (O3). */
export const invitePerson: Command<InvitePerson, InvitedPerson> = async (context, args) => {
  const { tx, nowMs, newId } = context;
  if ((await tx.findPersonByName(args.orgId, args.name)) !== null) {
    return failure('conflict', `Cannot invite ${JSON.stringify(args.name)}: the name is taken`);
  }
  const person: PersonRow = {
    orgId: args.orgId,
    id: newId(),
    name: args.name,
    role: args.role,
    createdAtMs: nowMs,
    lastSeenAtMs: null,
    revokedAtMs: null,
  };
  await tx.insertPerson(person);
  await tx.insertSignInLink({
    tokenHash: args.linkHash,
    orgId: args.orgId,
    personId: person.id,
    createdAtMs: nowMs,
    expiresAtMs: args.linkExpiresAtMs,
    usedAtMs: null,
  });
  const after = { name: person.name, role: person.role };
  await writeAudit(context, args, { action: 'invite-person', target: person.id, after });
  return success({ person, linkExpiresAtMs: args.linkExpiresAtMs });
};
