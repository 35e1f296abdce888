import { failure, success } from '@niitaka/core/result.ts';
import type { PersonRow } from '../storage/access-rows.ts';
import type { Command, CommandContext } from './command.ts';
import { writeAudit } from './write-audit.ts';

export interface CreateSignInLink {
  /** Whose link; null is the oldest admin. A name that is not known becomes an admin. */
  readonly name: string | null;
  readonly linkHash: string;
  readonly linkExpiresAtMs: number;
}

const defaultAdminName = 'Admin';

/** A one-time link for somebody who can run commands where the server runs (O3). */
export const createSignInLink: Command<CreateSignInLink, PersonRow> = async (context, args) => {
  const organisation = await context.tx.firstOrganisation();
  if (organisation === null) {
    return failure('not_found', 'Cannot make a sign-in link: the server has not been started yet');
  }
  const orgId = organisation.id;
  const person =
    (await findPerson(context, orgId, args.name)) ?? (await addAdmin(context, orgId, args.name));
  await context.tx.insertSignInLink({
    tokenHash: args.linkHash,
    orgId,
    personId: person.id,
    createdAtMs: context.nowMs,
    expiresAtMs: args.linkExpiresAtMs,
    usedAtMs: null,
  });
  const deed = { action: 'create-sign-in-link', target: person.id, after: { name: person.name } };
  await writeAudit(context, { orgId, actor: 'command line' }, deed);
  return success(person);
};

function findPerson(
  { tx }: CommandContext,
  orgId: string,
  name: string | null,
): Promise<PersonRow | null> {
  return name === null ? tx.firstAdmin(orgId) : tx.findPersonByName(orgId, name);
}

async function addAdmin(
  { tx, nowMs, newId }: CommandContext,
  orgId: string,
  name: string | null,
): Promise<PersonRow> {
  const person: PersonRow = {
    orgId,
    id: newId(),
    name: name ?? defaultAdminName,
    role: 'admin',
    createdAtMs: nowMs,
    lastSeenAtMs: null,
    revokedAtMs: null,
  };
  await tx.insertPerson(person);
  return person;
}
