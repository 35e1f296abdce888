import type {
  AgentEdits,
  AgentFigures,
  AgentFiguresRequest,
  AgentListRequest,
  AgentRange,
  AgentRow,
  VersionRow,
} from './agent-rows.ts';

/** Writes of agents and their versions. */
export interface AgentTx {
  /** Locks the agent until the transaction ends: what is decided about it and its versions then holds. */
  lockAgent(orgId: string, id: string): Promise<AgentEdits | null>;
  updateAgent(orgId: string, edits: AgentEdits): Promise<void>;
  /** The highest number given to a version of an agent; 0 without any. */
  lastVersion(orgId: string, agentId: string): Promise<number>;
  findVersion(orgId: string, agentId: string, number: number): Promise<VersionRow | null>;
  findActiveVersion(orgId: string, agentId: string): Promise<VersionRow | null>;
  insertVersion(row: VersionRow): Promise<void>;
  /** Writes state, content and time of activation. */
  updateVersion(row: VersionRow): Promise<void>;
}

/** Reads of agents and their versions. */
export interface AgentReader {
  agents(orgId: string, request: AgentListRequest): Promise<AgentRow[]>;
  agent(orgId: string, id: string): Promise<AgentRow | null>;
  /** One for each agent asked for, in that order. */
  agentFigures(orgId: string, request: AgentFiguresRequest): Promise<AgentFigures[]>;
  /** The UTC day of the oldest session an agent started in a range; null when there is none. */
  oldestAgentDay(orgId: string, agentId: string, range: AgentRange): Promise<number | null>;
  /** Versions of an agent, newest first. */
  versions(orgId: string, agentId: string, limit: number): Promise<VersionRow[]>;
  version(orgId: string, agentId: string, number: number): Promise<VersionRow | null>;
  activeVersion(orgId: string, agentId: string): Promise<VersionRow | null>;
}
