/** A guardrail of an agent's version, as a policy (A4). */
export interface VersionPolicy {
  readonly agentId: string;
  readonly version: string;
  /** In words: "cost limit". */
  readonly guardrail: string;
}

/** Which guardrail a policy's id names: `version:AGENT:3:cost_limit`; null for any other policy. */
export function versionPolicyOf(policyId: string): VersionPolicy | null {
  const found = /^version:(.+):(\d+):(cost_limit|step_limit|retry|fallback)$/.exec(policyId);
  const [, agentId, version, guardrail] = found ?? [];
  if (agentId === undefined || version === undefined || guardrail === undefined) return null;
  return { agentId, version, guardrail: guardrail.replace('_', ' ') };
}
