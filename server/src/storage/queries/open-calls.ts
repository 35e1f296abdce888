import type { EventType } from '@niitaka/core/event/event.ts';
import { sql } from 'kysely';
import type { OpenCall } from '../session-reader.ts';
import type { StoredSession } from '../session-tx.ts';
import { listOfValues, valuesInList, type Runner } from './runner.ts';

interface OpenCallSql {
  readonly owner: unknown;
  readonly id: unknown;
  readonly type: EventType;
  readonly name: string | null;
  readonly model: string | null;
  readonly started_at: bigint;
}

/** The newest open event of each session, by session id: what a running session waits for (S4). */
export async function openCalls(
  runner: Runner,
  orgId: string,
  running: readonly StoredSession[],
): Promise<ReadonlyMap<string, OpenCall>> {
  const { ownerOf, ownerName } = runner.flavour;
  const owners = running.map(ownerOf);
  const ids = new Map(running.map((one, index) => [ownerName(owners[index]), one.session.id]));
  const calls = new Map<string, OpenCall>();
  for (let from = 0; from < owners.length; from += valuesInList) {
    for (const row of await newestOpen(runner, orgId, owners.slice(from, from + valuesInList))) {
      calls.set(ids.get(ownerName(row.owner)) ?? '', {
        eventId: runner.uuid(row.id),
        type: row.type,
        name: row.model ?? row.name,
        sinceMs: Number(row.started_at),
      });
    }
  }
  return calls;
}

/** Of calls that began at the same time the one with the greatest id stands. */
function newestOpen(
  runner: Runner,
  orgId: string,
  owners: readonly unknown[],
): Promise<OpenCallSql[]> {
  const { within, owner } = runner.flavour;
  const column = (alias: string) => sql.ref(`${alias}.${owner.column}`);
  return runner.all<OpenCallSql>(
    sql`select ${column('e')} as owner, id, type, name, model, started_at from events as e
      where ${within('e', orgId)} and state = 1 and ${column('e')} in (${listOfValues(owners)}) and not exists (
        select 1 from events as n where ${within('n', orgId)} and ${column('n')} = ${column('e')} and n.state = 1
          and n.started_at >= e.started_at and (n.started_at, n.id) > (e.started_at, e.id))`,
  );
}
