import type { EventType } from '@niitaka/core/event/event.ts';
import { sql } from 'kysely';
import type { OpenCall } from '../session-reader.ts';
import type { StoredSession } from '../session-tx.ts';
import { listOfValues, valuesInList, type Runner } from './runner.ts';

interface OpenCallSql {
  readonly session_key: bigint;
  readonly id: unknown;
  readonly type: EventType;
  readonly name: string | null;
  readonly model: string | null;
  readonly started_at: bigint;
}

/** The newest open event of each session, by session id: what a running session waits for (S4). */
export async function openCalls(
  runner: Runner,
  running: readonly StoredSession[],
): Promise<ReadonlyMap<string, OpenCall>> {
  const ids = new Map(running.map(({ key, session }) => [key, session.id]));
  const calls = new Map<string, OpenCall>();
  const keys = [...ids.keys()];
  for (let from = 0; from < keys.length; from += valuesInList) {
    for (const row of await newestOpen(runner, keys.slice(from, from + valuesInList))) {
      calls.set(ids.get(Number(row.session_key)) ?? '', {
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
function newestOpen(runner: Runner, keys: readonly number[]): Promise<OpenCallSql[]> {
  return runner.all<OpenCallSql>(
    sql`select session_key, id, type, name, model, started_at from events as e
      where state = 1 and session_key in (${listOfValues(keys)}) and not exists (
        select 1 from events as n where n.session_key = e.session_key and n.state = 1
          and n.started_at >= e.started_at and (n.started_at, n.id) > (e.started_at, e.id))`,
  );
}
