import { compilePolicies, type CompiledPolicies } from '@niitaka/core/policy/compile-policies.ts';
import type { Policy } from '@niitaka/core/policy/policy.ts';

/** The policies of a file, which beat the server's for the agents it names (P8). Plain data: threads hand it on. */
export interface PolicyFile {
  /** SHA-256 of its bytes, in hexadecimal digits. */
  readonly hash: string;
  /** The agents it names; null for every agent, and for sessions without one. */
  readonly agents: ReadonlySet<string> | null;
  /** Those in its list of agents, for whom the policies without an agent are; null where it has no list. */
  readonly listed: ReadonlySet<string> | null;
  readonly policies: readonly Policy[];
}

/** What holds for an agent in an environment; null where the file does not name the agent. */
export function policiesOf(
  { agents, listed, policies }: PolicyFile,
  agentId: string | null,
  environment: string,
): CompiledPolicies | null {
  if (agents !== null && (agentId === null || !agents.has(agentId))) return null;
  const isListed = listed === null || (agentId !== null && listed.has(agentId));
  const given = isListed ? policies : policies.filter((policy) => policy.agentId !== null);
  return compilePolicies(given, agentId, environment);
}
