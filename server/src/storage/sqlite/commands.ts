import {
  commandColumns,
  commandOf,
  commandValues,
  type CommandSql,
} from '../queries/command-row.ts';
import type { SessionTx } from '../session-tx.ts';
import type { Connection } from './connection.ts';
import { uuidBlob, uuidText } from './uuid-blob.ts';

type Part = Pick<
  SessionTx,
  'insertCommands' | 'saveCommand' | 'commandsOf' | 'openCommands' | 'runningBelow'
>;

/** Commands of operators, and whom they reach. */
export function commandWrites(db: Connection): Part {
  const insert = db.prepare(
    `INSERT INTO control_commands (org_id, ${commandColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const save = db.prepare(
    `UPDATE control_commands SET delivered_at = ?, obeyed_at = ?, refused_at = ?, refused_reason = ?
     WHERE org_id = ? AND session_id = ? AND id = ?`,
  );
  const any = db.prepare('SELECT 1 FROM control_commands WHERE org_id = ? LIMIT 1').pluck();
  const anyOpen = db
    .prepare(
      `SELECT 1 FROM control_commands INDEXED BY control_commands_open
       WHERE org_id = ? AND obeyed_at IS NULL AND refused_at IS NULL LIMIT 1`,
    )
    .pluck();
  const all = db.prepare<[Buffer, Buffer], CommandSql>(
    `SELECT ${commandColumns} FROM control_commands WHERE org_id = ? AND session_id = ? ORDER BY requested_at, id`,
  );
  const open = db.prepare<[Buffer, Buffer], CommandSql>(
    `SELECT ${commandColumns} FROM control_commands WHERE org_id = ? AND session_id = ? AND obeyed_at IS NULL
       AND refused_at IS NULL ORDER BY requested_at, id`,
  );
  return {
    async insertCommands(orgId, commands) {
      const org = uuidBlob(orgId);
      for (const command of commands) insert.run(org, ...commandValues(command));
    },
    async saveCommand(orgId, { sessionId, id, ...command }) {
      const { deliveredAtMs, obeyedAtMs, refusedAtMs, refusedReason } = command;
      const key = [uuidBlob(orgId), uuidBlob(sessionId), uuidBlob(id)];
      save.run(deliveredAtMs, obeyedAtMs, refusedAtMs, refusedReason, ...key);
    },
    async commandsOf(orgId, sessionId) {
      const org = uuidBlob(orgId);
      // Most organisations have none: then no session costs a look-up of its own.
      if (any.get(org) === undefined) return [];
      return all.all(org, uuidBlob(sessionId)).map(commandOf);
    },
    async openCommands(orgId, sessionIds) {
      const org = uuidBlob(orgId);
      if (sessionIds.length === 0 || anyOpen.get(org) === undefined) return [];
      return sessionIds.flatMap((id) => open.all(org, uuidBlob(id)).map(commandOf));
    },
    runningBelow: openRunningBelow(db),
  };
}

function openRunningBelow(db: Connection): Part['runningBelow'] {
  const below = db.prepare<[Buffer, Buffer, number], { id: Buffer; status: string }>(
    `SELECT id, status FROM sessions WHERE org_id = ? AND parent_session_id = ? LIMIT ?`,
  );
  return async (orgId, sessionId, limit) => {
    const org = uuidBlob(orgId);
    const running: string[] = [];
    const open = [uuidBlob(sessionId)];
    let left = limit;
    for (let id = open.pop(); id !== undefined && left > 0; id = open.pop()) {
      const children = below.all(org, id, left);
      left -= children.length;
      for (const child of children) {
        open.push(child.id);
        if (child.status === 'running') running.push(uuidText(child.id));
      }
    }
    return { ids: running, isCut: left === 0 };
  };
}
