import { foundation } from './0001-foundation.ts';
import { controlCommands } from './0003-control-commands.ts';
import { policies } from './0004-policies.ts';
import { modelsUsed } from './0005-models-used.ts';
import { agentVersions } from './0006-agent-versions.ts';
import { hitsAndLeases } from './0007-hits-and-leases.ts';
import { deletionsByRevision } from './0008-deletions-by-revision.ts';
import { versionRevisions } from './0009-version-revisions.ts';
import { signalsByPolicy } from './0010-signals-by-policy.ts';
import { tagsByStart } from './0002-tags-by-start.ts';

/** One step of the schema: forward only. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sqlite: string;
  /** Where PostgreSQL wants other words than {@link postgresText} finds. */
  readonly postgres?: string;
}

/** Every step, in order. */
export const migrations: readonly Migration[] = [
  foundation,
  tagsByStart,
  controlCommands,
  policies,
  modelsUsed,
  agentVersions,
  hitsAndLeases,
  deletionsByRevision,
  versionRevisions,
  signalsByPolicy,
];

/** A step as PostgreSQL takes it: told apart, or the SQLite one with the types named anew (ids are the only blobs). */
export function postgresText({ sqlite, postgres }: Migration): string {
  if (postgres !== undefined) return postgres;
  return sqlite
    .replaceAll(/\bBLOB\b/g, 'uuid')
    .replaceAll(/\bINTEGER\b/g, 'bigint')
    .replaceAll(/\bREAL\b/g, 'double precision')
    .replaceAll(/\)\s*WITHOUT ROWID/g, ')');
}
