import { createHash } from 'node:crypto';
import { success, type Result } from '@niitaka/core/result.ts';
import type { Command } from '../commands/command.ts';
import { deleteAgent } from '../commands/delete-agent.ts';
import { deleteSession } from '../commands/delete-session.ts';
import type { Config } from '../config.ts';
import { systemClock } from '../context.ts';
import type { Erasure, ErasedTable, ErasureCheck } from '../storage/erasure.ts';
import type { RemovedRows } from '../storage/session-tx.ts';
import { StartupError } from '../storage/startup-error.ts';
import { openAlone, type Alone } from '../writer/run-command-alone.ts';
import { existingFile } from './database-file.ts';

/** What is to be deleted. */
export interface Deletion {
  readonly kind: 'session' | 'agent';
  readonly id: string;
}

/** What went, and what is left of it. */
export interface Receipt {
  readonly deleted: Deletion['kind'];
  readonly id: string;
  readonly organisation: string;
  readonly at: string;
  readonly sessions: number;
  /** SHA-256 of the ids of the sessions in their order, one a line: shows later which went, without saying them. */
  readonly session_ids_sha256: string;
  readonly tables: Readonly<Record<string, ErasedTable>>;
  /** Tables whose sums moved by the difference. */
  readonly totals_moved: readonly string[];
  readonly kept: Readonly<Record<string, string>>;
  readonly check: ErasureCheck;
}

/** Whom the audit log names. */
const actor = 'command line';

/** Deletes a session or an agent with all that belongs to it; answers the receipt. */
export async function deleteWithReceipt(config: Config, deletion: Deletion): Promise<Receipt> {
  if (deletion.kind === 'session' && !uuid.test(deletion.id)) {
    throw new StartupError(
      `Cannot delete: found ${JSON.stringify(deletion.id)}, wanted the id of a session such as 01990000-0000-7000-8000-000000000001`,
    );
  }
  const alone = await openAlone(config);
  try {
    const erasure = await openErasure(config);
    try {
      return await removeNoted(alone, erasure, deletion);
    } finally {
      await erasure.close();
    }
  } finally {
    await alone.close();
  }
}

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

async function openErasure(config: Config): Promise<Erasure> {
  if (config.databaseUrl !== null) {
    const postgres = await import('../storage/postgres/erasure.ts');
    return postgres.openErasure(config.databaseUrl);
  }
  const sqlite = await import('../storage/sqlite/erasure.ts');
  return sqlite.openErasure(existingFile(config));
}

async function removeNoted(
  alone: Alone,
  erasure: Erasure,
  { kind, id: given }: Deletion,
): Promise<Receipt> {
  const id = kind === 'session' ? given.toLowerCase() : given;
  const orgId = valueOf(await alone.run(findOrganisation, null));
  const removed =
    kind === 'session'
      ? await removeSession(alone, erasure, orgId, id)
      : await removeAgent(alone, erasure, orgId, id);
  const tables: Record<string, ErasedTable> = {};
  for (const [table, rows] of Object.entries(removed.rows).toSorted()) {
    tables[table] = { rows, indexes: await erasure.indexesOf(table) };
  }
  const hash = createHash('sha256').update(removed.sessionIds.toSorted().join('\n')).digest('hex');
  return {
    deleted: kind,
    id,
    organisation: orgId,
    at: new Date(systemClock()).toISOString(),
    sessions: removed.sessionIds.length,
    session_ids_sha256: hash,
    tables,
    totals_moved: ['rollup_hours', 'rollup_agent_days', 'day_totals', 'tree_totals', 'agents'],
    kept,
    check: await erasure.check(),
  };
}

/** What stays on purpose. */
const kept = {
  deleted_sessions: 'SHA-256 of each id for 400 days: what still arrives for it is refused',
  changes: 'each id for 24 hours: open pages take the row away',
  audit: 'who deleted what and when, and no word of what it said',
};

interface Removed {
  readonly sessionIds: readonly string[];
  readonly rows: RemovedRows;
}

async function removeSession(
  alone: Alone,
  erasure: Erasure,
  orgId: string,
  sessionId: string,
): Promise<Removed> {
  await erasure.note(orgId, [sessionId]);
  const { rows } = valueOf(await alone.run(deleteSession, { orgId, sessionId, actor }));
  return { sessionIds: [sessionId], rows };
}

async function removeAgent(
  alone: Alone,
  erasure: Erasure,
  orgId: string,
  agentId: string,
): Promise<Removed> {
  const sessionIds: string[] = [];
  const rows: Record<string, number> = {};
  for (;;) {
    await erasure.note(orgId, valueOf(await alone.run(listSessions, { orgId, agentId })));
    const ran = valueOf(await alone.run(deleteAgent, { orgId, agentId, actor }));
    sessionIds.push(...ran.sessionIds);
    for (const [table, count] of Object.entries(ran.rows)) {
      rows[table] = (rows[table] ?? 0) + count;
    }
    if (!ran.more) return { sessionIds, rows };
  }
}

/** More than one run of the deletion takes: one that comes between is noted too. */
const notedAtOnce = 600;

const listSessions: Command<{ orgId: string; agentId: string }, readonly string[]> = async (
  { tx },
  { orgId, agentId },
) => success((await tx.sessionIdsOfAgent(orgId, agentId, notedAtOnce)) ?? []);

const findOrganisation: Command<null, string> = async ({ tx }) => {
  const found = await tx.firstOrganisation();
  if (found === null) throw new StartupError('There is no organisation: start the server once.');
  return success(found.id);
};

function valueOf<Value>(ran: Result<Value>): Value {
  if (ran.ok) return ran.value;
  throw new StartupError(`Cannot delete: ${ran.failure.message}. Nothing was deleted.`);
}
