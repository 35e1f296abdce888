import type { ControlCommand } from '@niitaka/core/control/control-command.ts';
import { sql } from 'kysely';
import type { SessionReader } from '../session-reader.ts';
import { listOfValues, type Runner } from './runner.ts';

type Part = Pick<SessionReader, 'commands' | 'openCommands'>;

interface CommandSql {
  readonly id: unknown;
  readonly session_id: unknown;
  readonly command: ControlCommand['command'];
  readonly args: string;
  readonly scope: ControlCommand['scope'];
  readonly requested_by: string;
  readonly requested_at: number;
  readonly delivered_at: number | null;
  readonly obeyed_at: number | null;
  readonly refused_at: number | null;
  readonly refused_reason: string | null;
}

/** Reads of operators' commands. */
export function commandReads(runner: Runner): Part {
  return {
    async commands(orgId, sessionId, limit) {
      const rows = await runner.rows<CommandSql>(
        sql`select * from control_commands where org_id = ${runner.id(orgId)}
          and session_id = ${runner.id(sessionId)} order by requested_at desc, id desc limit ${limit}`,
      );
      return rows.map((row) => commandOf(runner, row));
    },
    async openCommands(orgId, sessionIds) {
      const ids = listOfValues(sessionIds.map((id) => runner.id(id)));
      const rows = await runner.rows<CommandSql>(
        sql`select c.* from control_commands as c join sessions as s on s.org_id = c.org_id and s.id = c.session_id
          where c.org_id = ${runner.id(orgId)} and c.session_id in (${ids})
            and c.obeyed_at is null and c.refused_at is null and s.status <> 'done'
          order by c.requested_at, c.id`,
      );
      return rows.map((row) => commandOf(runner, row));
    },
  };
}

function commandOf(runner: Runner, row: CommandSql): ControlCommand {
  return {
    id: runner.uuid(row.id),
    sessionId: runner.uuid(row.session_id),
    command: row.command,
    args: JSON.parse(row.args) as ControlCommand['args'],
    scope: row.scope,
    requestedBy: row.requested_by,
    requestedAtMs: row.requested_at,
    deliveredAtMs: row.delivered_at,
    obeyedAtMs: row.obeyed_at,
    refusedAtMs: row.refused_at,
    refusedReason: row.refused_reason,
  };
}
