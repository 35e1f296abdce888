import { guardrailPolicies } from '@niitaka/core/agent/guardrail-policies.ts';
import { compilePolicies, type CompiledPolicies } from '@niitaka/core/policy/compile-policies.ts';
import { readPolicy } from '@niitaka/core/policy/parse-policy.ts';
import type { BrokenPolicy, Policy } from '@niitaka/core/policy/policy.ts';
import type { PolicyRow } from '../storage/policy-rows.ts';
import type { Tx } from '../storage/tx.ts';
import { policyLimit } from './create-policy.ts';

/** Organisations whose policies are kept ready; beyond them the one kept longest goes. */
const keptOrganisations = 1_000;

/** The policies of organisations and of their agents' active versions, read anew only when the revision moves. */
export interface PolicyCache {
  /** For an agent in an environment; null where nothing is asked. */
  of(
    tx: Tx,
    orgId: string,
    agentId: string | null,
    environment: string,
  ): Promise<CompiledPolicies | null>;
  /** Whether any policy of the organisation limits what a tree may spend (P10). */
  limitsTrees(tx: Tx, orgId: string): Promise<boolean>;
}

interface Kept {
  readonly revision: number;
  readonly policies: readonly (Policy | BrokenPolicy)[];
  readonly compiled: Map<string, CompiledPolicies | null>;
  readonly limitsTrees: boolean;
}

/** An empty cache. Only what ingest reads goes in: policies change in transactions of their own. */
export function createPolicyCache(): PolicyCache {
  const kept = new Map<string, Kept>();
  const read = async (tx: Tx, orgId: string): Promise<Kept> => {
    const revision = await tx.policyRevision(orgId);
    const known = kept.get(orgId);
    if (known?.revision === revision) return known;
    const rows = revision === 0 ? [] : await tx.policiesOf(orgId, policyLimit);
    const policies = rows.map(policyOfRow);
    const limitsTrees = policies.some((one) => one.type === 'cost_limit' && one.scope === 'tree');
    const fresh = { revision, policies, compiled: new Map(), limitsTrees };
    kept.delete(orgId);
    if (kept.size >= keptOrganisations) kept.delete(kept.keys().next().value ?? '');
    kept.set(orgId, fresh);
    return fresh;
  };
  return {
    async of(tx, orgId, agentId, environment) {
      const { revision, policies, compiled } = await read(tx, orgId);
      if (revision === 0) return null;
      const key = `${environment}\n${agentId ?? ''}`;
      const known = compiled.get(key);
      if (known !== undefined) return known;
      const all = [...policies, ...(await ofActiveVersion(tx, orgId, agentId))];
      const fresh = all.length === 0 ? null : compilePolicies(all, agentId, environment);
      if (compiled.size >= keptOrganisations) compiled.clear();
      compiled.set(key, fresh);
      return fresh;
    },
    limitsTrees: async (tx, orgId) => (await read(tx, orgId)).limitsTrees,
  };
}

function policyOfRow({ id, revision, createdAtMs, content }: PolicyRow): Policy | BrokenPolicy {
  const { agentId, ...rest } = content;
  return readPolicy({ ...rest, id, revision, agent_id: agentId, created_at: createdAtMs });
}

async function ofActiveVersion(
  tx: Tx,
  orgId: string,
  agentId: string | null,
): Promise<(Policy | BrokenPolicy)[]> {
  const active = agentId === null ? null : await tx.findActiveVersion(orgId, agentId);
  return active === null ? [] : guardrailPolicies(active).map(readPolicy);
}
