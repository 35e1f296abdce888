import type { EventType } from '@niitaka/core/event/event.ts';
import { sql } from 'kysely';
import type { OpenCall } from '../session-reader.ts';
import type { StoredSession } from '../session-tx.ts';
import type { Runner } from './runner.ts';

interface OpenCallSql {
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
  const calls = new Map<string, OpenCall>();
  for (const { key, session } of running) {
    const [row] = await runner.all<OpenCallSql>(
      sql`select id, type, name, model, started_at from events
          where session_key = ${key} and state = 1 order by started_at desc limit 1`,
    );
    if (row === undefined) continue;
    calls.set(session.id, {
      eventId: runner.uuid(row.id),
      type: row.type,
      name: row.model ?? row.name,
      sinceMs: Number(row.started_at),
    });
  }
  return calls;
}
