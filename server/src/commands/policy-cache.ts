import { compilePolicies, type CompiledPolicies } from '@niitaka/core/policy/compile-policies.ts';
import { readPolicy } from '@niitaka/core/policy/parse-policy.ts';
import type { BrokenPolicy, Policy } from '@niitaka/core/policy/policy.ts';
import type { PolicyRow } from '../storage/policy-rows.ts';
import type { Tx } from '../storage/tx.ts';
import { policyLimit } from './create-policy.ts';

/** Organisations whose policies are kept ready; beyond them the one kept longest goes. */
const keptOrganisations = 1_000;

/** The policies of organisations, read anew only when their revision moves. */
export interface PolicyCache {
  /** For an agent in an environment; null where the organisation has no policy at all. */
  of(
    tx: Tx,
    orgId: string,
    agentId: string | null,
    environment: string,
  ): Promise<CompiledPolicies | null>;
}

interface Kept {
  readonly revision: number;
  readonly policies: readonly (Policy | BrokenPolicy)[];
  readonly compiled: Map<string, CompiledPolicies>;
}

/** An empty cache. Only what ingest reads goes in: policies change in transactions of their own. */
export function createPolicyCache(): PolicyCache {
  const kept = new Map<string, Kept>();
  const read = async (tx: Tx, orgId: string): Promise<Kept> => {
    const revision = await tx.policyRevision(orgId);
    const known = kept.get(orgId);
    if (known?.revision === revision) return known;
    const rows = revision === 0 ? [] : await tx.policiesOf(orgId, policyLimit);
    const fresh = { revision, policies: rows.map(policyOfRow), compiled: new Map() };
    kept.delete(orgId);
    if (kept.size >= keptOrganisations) kept.delete(kept.keys().next().value ?? '');
    kept.set(orgId, fresh);
    return fresh;
  };
  return {
    async of(tx, orgId, agentId, environment) {
      const { policies, compiled } = await read(tx, orgId);
      if (policies.length === 0) return null;
      const key = `${environment}\n${agentId ?? ''}`;
      const known = compiled.get(key) ?? compilePolicies(policies, agentId, environment);
      if (compiled.size >= keptOrganisations) compiled.clear();
      compiled.set(key, known);
      return known;
    },
  };
}

function policyOfRow({ id, revision, createdAtMs, content }: PolicyRow): Policy | BrokenPolicy {
  const { agentId, ...rest } = content;
  return readPolicy({ ...rest, id, revision, agent_id: agentId, created_at: createdAtMs });
}
