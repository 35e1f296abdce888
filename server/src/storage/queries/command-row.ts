import type { ControlCommand } from '@niitaka/core/control/control-command.ts';
import { uuidBlob, uuidText } from '../sqlite/uuid-blob.ts';

/** A row of `control_commands`. */
export interface CommandSql {
  readonly id: Uint8Array;
  readonly session_id: Uint8Array;
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

/** The columns of {@link CommandSql}, in the order of {@link commandValues}. */
export const commandColumns = `id, session_id, command, args, scope, requested_by, requested_at, delivered_at, obeyed_at,
  refused_at, refused_reason`;

/** The values of {@link commandColumns}. */
export function commandValues(command: ControlCommand): unknown[] {
  return [
    uuidBlob(command.id),
    uuidBlob(command.sessionId),
    command.command,
    JSON.stringify(command.args),
    command.scope,
    command.requestedBy,
    command.requestedAtMs,
    command.deliveredAtMs,
    command.obeyedAtMs,
    command.refusedAtMs,
    command.refusedReason,
  ];
}

/** A row as the port speaks of it. */
export function commandOf(row: CommandSql): ControlCommand {
  return {
    id: uuidText(row.id),
    sessionId: uuidText(row.session_id),
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
