import { sql } from 'kysely';
import { commandOf, type CommandSql } from './command-row.ts';
import type { SessionReader } from '../session-reader.ts';
import { listOfValues, type Runner } from './runner.ts';

type Part = Pick<SessionReader, 'commands' | 'openCommands'>;

/** Reads of operators' commands. */
export function commandReads(runner: Runner): Part {
  return {
    async commands(orgId, sessionId, limit) {
      const rows = await runner.rows<CommandSql>(
        sql`select * from control_commands where org_id = ${runner.id(orgId)}
          and session_id = ${runner.id(sessionId)} order by requested_at desc, id desc limit ${limit}`,
      );
      return rows.map(commandOf);
    },
    async openCommands(orgId, sessionIds) {
      const ids = listOfValues(sessionIds.map((id) => runner.id(id)));
      const rows = await runner.rows<CommandSql>(
        sql`select c.* from control_commands as c join sessions as s on s.org_id = c.org_id and s.id = c.session_id
          where c.org_id = ${runner.id(orgId)} and c.session_id in (${ids})
            and c.obeyed_at is null and c.refused_at is null and s.status <> 'done'
          order by c.requested_at, c.id`,
      );
      return rows.map(commandOf);
    },
  };
}
