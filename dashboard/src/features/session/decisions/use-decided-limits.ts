import { guardrailPolicies } from '@niitaka/core/agent/guardrail-policies.ts';
import { readPolicy } from '@niitaka/core/policy/parse-policy.ts';
import type { AgentVersion } from '@niitaka/protocol/agent.ts';
import type { Policy } from '@niitaka/protocol/policy.ts';
import type { Trace } from '@niitaka/protocol/signal.ts';
import { useQueries, useQuery } from '@tanstack/react-query';
import { policiesQuery } from '../../../lib/api/policies-query.ts';
import { revisionsQuery } from '../../../lib/api/revisions-query.ts';
import { versionsQuery } from '../../../lib/api/versions-query.ts';
import { versionPolicyOf } from '../version-policy-of.ts';
import { isOfLimit } from './decision-text.ts';
import { isLimit, type Limit } from './limit-reason.ts';

/** Histories and agents that are read for one session; the decisions of further ones name no threshold. */
const historiesAtMost = 20;

/** The limits that decided in a session, as they were then, as far as the server holds them; `isPending` while they are read. */
export function useDecidedLimits(traces: readonly Trace[]): {
  readonly limits: readonly Limit[];
  readonly isPending: boolean;
} {
  const decided = traces.filter(isOfLimit);
  const listed = useQuery({ ...policiesQuery, enabled: decided.length > 0 });
  const policies = listed.data?.items ?? [];
  const changed = listed.isSuccess ? changedSince(decided, policies) : [];
  const histories = useQueries({ queries: changed.map((id) => revisionsQuery(id)) });
  const agentIds = agentsOf(decided);
  const versions = useQueries({ queries: agentIds.map((id) => versionsQuery(id)) });
  const held = [
    ...policies,
    ...histories.flatMap(({ data }) => data?.items.flatMap(({ policy }) => policy ?? []) ?? []),
    ...versions.flatMap(({ data }, at) => guardrailsOf(agentIds[at] ?? '', data?.items ?? [])),
  ];
  return {
    limits: held.map(readPolicy).filter(isLimit),
    isPending: [...(decided.length > 0 ? [listed] : []), ...histories, ...versions].some(
      (query) => query.isPending,
    ),
  };
}

/** Policies of the server that decided at another revision than the one that stands, or are deleted by now. */
function changedSince(decided: readonly Trace[], policies: readonly Policy[]): readonly string[] {
  const ids = decided.flatMap(({ policy_id: id, policy_revision: revision }) => {
    if (id === null || revision === null) return [];
    const now = policies.find((policy) => policy.id === id);
    // A policy of a sender's own file is no policy here: its history would be asked for in vain.
    return (now === undefined ? uuid.test(id) : now.revision !== revision) ? [id] : [];
  });
  return [...new Set(ids)].slice(0, historiesAtMost);
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function agentsOf(decided: readonly Trace[]): readonly string[] {
  const ids = decided.flatMap(({ policy_id: id }) => versionPolicyOf(id ?? '')?.agentId ?? []);
  return [...new Set(ids)].slice(0, historiesAtMost);
}

function guardrailsOf(agentId: string, versions: readonly AgentVersion[]) {
  return versions.flatMap(({ number, guardrails, created_at: createdAt, ...version }) =>
    guardrailPolicies({
      agentId,
      number,
      createdAtMs: Date.parse(createdAt),
      content: {
        model: version.model,
        temperature: version.temperature,
        maxTokens: version.max_tokens,
        systemPrompt: version.system_prompt,
        guardrails,
      },
    }),
  );
}
