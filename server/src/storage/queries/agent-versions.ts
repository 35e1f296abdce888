import type { AgentOverride } from '@niitaka/core/agent/agent-status.ts';
import type { VersionContent, VersionState } from '@niitaka/core/agent/agent-version.ts';
import type { VersionRow } from '../agent-rows.ts';
import type { AgentReader, AgentTx } from '../agent-tx.ts';
import { uuidBlob, uuidText } from '../sqlite/uuid-blob.ts';
import type { Statements } from './statements.ts';

interface VersionColumns {
  org_id: Buffer;
  agent_id: string;
  number: number;
  state: string;
  body: string;
  author: string;
  created_at: number;
  activated_at: number | null;
  revision: number;
}

const columns = 'org_id, agent_id, number, state, body, author, created_at, activated_at, revision';

/** The writes of agents and their versions within one transaction, the same text on every engine. */
export function agentWrites(db: Statements): AgentTx {
  const last = db.prepare<{ number: number | null }>(
    'SELECT max(number) AS number FROM agent_versions WHERE org_id = ? AND agent_id = ?',
  );
  const insert = db.prepare(
    `INSERT INTO agent_versions (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = db.prepare(
    `UPDATE agent_versions SET state = ?, body = ?, activated_at = ?, revision = ?
     WHERE org_id = ? AND agent_id = ? AND number = ?`,
  );
  return {
    ...agentEdits(db),
    async lastVersion(orgId, agentId) {
      return (await last.get(uuidBlob(orgId), agentId))?.number ?? 0;
    },
    findVersion: oneVersion(db),
    findActiveVersion: theActiveVersion(db),
    async insertVersion({ orgId, agentId, number, state, content, ...row }) {
      const body = JSON.stringify(content);
      const rest = [row.author, row.createdAtMs, row.activatedAtMs, row.revision];
      await insert.run(uuidBlob(orgId), agentId, number, state, body, ...rest);
    },
    async updateVersion({ orgId, agentId, number, state, content, activatedAtMs, revision }) {
      const body = JSON.stringify(content);
      await update.run(state, body, activatedAtMs, revision, uuidBlob(orgId), agentId, number);
    },
  };
}

/** The reads of versions, the same text on every engine. */
export function versionReads(
  db: Statements,
): Pick<AgentReader, 'versions' | 'version' | 'activeVersion'> {
  const list = db.prepare<VersionColumns>(
    `SELECT ${columns} FROM agent_versions WHERE org_id = ? AND agent_id = ? ORDER BY number DESC LIMIT ?`,
  );
  return {
    async versions(orgId, agentId, limit) {
      return (await list.all(uuidBlob(orgId), agentId, limit)).map(versionOf);
    },
    version: oneVersion(db),
    activeVersion: theActiveVersion(db),
  };
}

function agentEdits(db: Statements): Pick<AgentTx, 'lockAgent' | 'updateAgent'> {
  // A write that changes nothing: SQLite has no other word for a lock on a row.
  const lock = db.prepare<{
    id: string;
    name: string;
    description: string | null;
    status_override: AgentOverride | null;
  }>(
    `UPDATE agents SET name = name WHERE org_id = ? AND id = ?
     RETURNING id, name, description, status_override`,
  );
  const update = db.prepare(
    'UPDATE agents SET name = ?, description = ?, status_override = ? WHERE org_id = ? AND id = ?',
  );
  return {
    async lockAgent(orgId, agentId) {
      const row = await lock.get(uuidBlob(orgId), agentId);
      if (row === undefined) return null;
      const { id, name, description, status_override: statusOverride } = row;
      return { id, name, description, statusOverride };
    },
    async updateAgent(orgId, { id, name, description, statusOverride }) {
      await update.run(name, description, statusOverride, uuidBlob(orgId), id);
    },
  };
}

function oneVersion(db: Statements): AgentReader['version'] {
  const find = db.prepare<VersionColumns>(
    `SELECT ${columns} FROM agent_versions WHERE org_id = ? AND agent_id = ? AND number = ?`,
  );
  return async (orgId, agentId, number) => {
    const row = await find.get(uuidBlob(orgId), agentId, number);
    return row === undefined ? null : versionOf(row);
  };
}

function theActiveVersion(db: Statements): AgentReader['activeVersion'] {
  const find = db.prepare<VersionColumns>(
    `SELECT ${columns} FROM agent_versions WHERE org_id = ? AND agent_id = ? AND state = 'active'`,
  );
  return async (orgId, agentId) => {
    const row = await find.get(uuidBlob(orgId), agentId);
    return row === undefined ? null : versionOf(row);
  };
}

function versionOf(row: VersionColumns): VersionRow {
  return {
    orgId: uuidText(row.org_id),
    agentId: row.agent_id,
    number: row.number,
    state: row.state as VersionState,
    content: JSON.parse(row.body) as VersionContent,
    author: row.author,
    createdAtMs: row.created_at,
    activatedAtMs: row.activated_at,
    revision: row.revision,
  };
}
