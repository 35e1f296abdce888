import {
  commandColumns,
  commandOf,
  commandValues,
  type CommandSql,
} from '../queries/command-row.ts';
import type { SessionTx } from '../session-tx.ts';
import { uuidBlob, uuidText } from '../sqlite/uuid-blob.ts';
import { arrayText } from './values.ts';
import type { Work } from './work.ts';

type Part = Pick<
  SessionTx,
  'insertCommands' | 'saveCommand' | 'commandsOf' | 'openCommands' | 'runningBelow'
>;

const read = `SELECT ${commandColumns} FROM control_commands WHERE org_id = $1`;

/** Commands of operators, and whom they reach. */
export function commandWrites(work: Work): Part {
  return {
    async insertCommands(orgId, commands) {
      for (const command of commands) {
        await work.run(
          `INSERT INTO control_commands (org_id, ${commandColumns})
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
          [uuidBlob(orgId), ...commandValues(command)],
        );
      }
    },
    async saveCommand(orgId, { sessionId, id, ...command }) {
      const { deliveredAtMs, obeyedAtMs, refusedAtMs, refusedReason } = command;
      await work.run(
        `UPDATE control_commands SET delivered_at = $4, obeyed_at = $5, refused_at = $6, refused_reason = $7
         WHERE org_id = $1 AND session_id = $2 AND id = $3`,
        [
          uuidBlob(orgId),
          uuidBlob(sessionId),
          uuidBlob(id),
          deliveredAtMs,
          obeyedAtMs,
          refusedAtMs,
          refusedReason,
        ],
      );
    },
    async commandsOf(orgId, sessionId) {
      const rows = await work.rows<CommandSql>(
        `${read} AND session_id = $2 ORDER BY requested_at, id`,
        [uuidBlob(orgId), uuidBlob(sessionId)],
      );
      return rows.map(commandOf);
    },
    async openCommands(orgId, sessionIds) {
      if (sessionIds.length === 0) return [];
      const rows = await work.rows<CommandSql>(
        `${read} AND session_id = ANY($2::uuid[]) AND obeyed_at IS NULL AND refused_at IS NULL
         ORDER BY requested_at, id`,
        [uuidBlob(orgId), arrayText(sessionIds.map(uuidBlob))],
      );
      return rows.map(commandOf);
    },
    runningBelow: (orgId, sessionId, limit) => runningBelow(work, orgId, sessionId, limit),
  };
}

/** Level by level: no statement walks down by itself, so that it may reach several machines. */
async function runningBelow(
  work: Work,
  orgId: string,
  sessionId: string,
  limit: number,
): Promise<{ ids: string[]; isCut: boolean }> {
  await work.flushOwn();
  const running: string[] = [];
  let level = [uuidBlob(sessionId)];
  let left = limit;
  while (level.length > 0 && left > 0) {
    const children = await work.rows<{ id: Buffer; status: string }>(
      `SELECT id, status FROM sessions WHERE org_id = $1 AND parent_session_id = ANY($2::uuid[]) LIMIT $3`,
      [uuidBlob(orgId), arrayText(level), left],
    );
    left -= children.length;
    level = children.map((child) => child.id);
    for (const { id, status } of children) if (status === 'running') running.push(uuidText(id));
  }
  return { ids: running, isCut: left === 0 };
}
