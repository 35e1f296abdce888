import { guardrailPolicies } from '@niitaka/core/agent/guardrail-policies.ts';
import { compilePolicies, type CompiledPolicies } from '@niitaka/core/policy/compile-policies.ts';
import { readPolicy } from '@niitaka/core/policy/parse-policy.ts';
import type { BrokenPolicy, Policy } from '@niitaka/core/policy/policy.ts';
import type { PolicyRow } from '../storage/policy-rows.ts';
import type { SnapshotRevision } from '../storage/policy-tx.ts';
import type { Tx } from '../storage/tx.ts';
import { policyLimit } from './create-policy.ts';

/** Organisations whose policies are kept ready; beyond them the one kept longest goes. */
const keptOrganisations = 1_000;

/** The policies of organisations and of their agents' active versions, read anew only when the revision moves. */
export interface PolicyCache {
  /** As of the organisation's present revision. */
  read(tx: Tx, orgId: string): Promise<OrganisationPolicies>;
}

/** The policies of one organisation at one revision. */
export interface OrganisationPolicies {
  readonly revision: SnapshotRevision;
  /** Whether any of them limits what a tree may spend (P10). */
  readonly limitsTrees: boolean;
  /** For an agent in an environment; null where nothing is asked. */
  of(tx: Tx, agentId: string | null, environment: string): Promise<CompiledPolicies | null>;
}

/** An empty cache. Only what ingest reads goes in: policies change in transactions of their own. */
export function createPolicyCache(): PolicyCache {
  const kept = new Map<string, OrganisationPolicies>();
  return {
    async read(tx, orgId) {
      const revision = await tx.snapshotRevision(orgId);
      const known = kept.get(orgId);
      if (known?.revision.policies === revision.policies) return { ...known, revision };
      const fresh = await readPolicies(tx, orgId, revision);
      kept.delete(orgId);
      if (kept.size >= keptOrganisations) kept.delete(kept.keys().next().value ?? '');
      kept.set(orgId, fresh);
      return fresh;
    },
  };
}

async function readPolicies(
  tx: Tx,
  orgId: string,
  revision: SnapshotRevision,
): Promise<OrganisationPolicies> {
  if (revision.policies === 0) return { revision, limitsTrees: false, of: async () => null };
  const policies = (await tx.policiesOf(orgId, policyLimit)).map(policyOfRow);
  const compiled = new Map<string, CompiledPolicies | null>();
  return {
    revision,
    limitsTrees: policies.some((one) => one.type === 'cost_limit' && one.scope === 'tree'),
    async of(current, agentId, environment) {
      const key = `${environment}\n${agentId ?? ''}`;
      const known = compiled.get(key);
      if (known !== undefined) return known;
      const all = [...policies, ...(await ofActiveVersion(current, orgId, agentId))];
      const fresh = all.length === 0 ? null : compilePolicies(all, agentId, environment);
      if (compiled.size >= keptOrganisations) compiled.clear();
      compiled.set(key, fresh);
      return fresh;
    },
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
