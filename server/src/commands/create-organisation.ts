import { success } from '@niitaka/core/result.ts';
import type { OrganisationRow } from '../storage/access-rows.ts';
import type { Command } from './command.ts';
import { writeAudit } from './write-audit.ts';

export interface CreateOrganisation {
  readonly name: string;
  /** The key that the first start prints; its secret is not told. */
  readonly key: { readonly name: string; readonly prefix: string; readonly hash: string };
  readonly adminName: string;
}

export interface CreatedOrganisation {
  readonly organisation: OrganisationRow;
  /** False when there was one already: then nothing is changed. */
  readonly created: boolean;
}

/** The first start's organisation, with a key of all scopes and an admin who may sign in (O3). */
export const createOrganisation: Command<CreateOrganisation, CreatedOrganisation> = async (
  context,
  args,
) => {
  const { tx, nowMs, newId } = context;
  const found = await tx.firstOrganisation();
  if (found !== null) return success({ organisation: found, created: false });
  const organisation = { id: newId(), name: args.name, createdAtMs: nowMs };
  const orgId = organisation.id;
  await tx.insertOrganisation(organisation);
  const key = {
    orgId,
    id: newId(),
    name: args.key.name,
    prefix: args.key.prefix,
    scopes: ['ingest', 'read', 'admin'] as const,
    createdAtMs: nowMs,
    lastUsedAtMs: null,
    revokedAtMs: null,
  };
  await tx.insertKey(key, args.key.hash);
  await tx.insertPerson({
    orgId,
    id: newId(),
    name: args.adminName,
    role: 'admin',
    createdAtMs: nowMs,
    lastSeenAtMs: null,
    revokedAtMs: null,
  });
  const deed = { action: 'create-organisation', target: orgId, after: { name: args.name } };
  await writeAudit(context, { orgId, actor: 'first start' }, deed);
  return success({ organisation, created: true });
};
