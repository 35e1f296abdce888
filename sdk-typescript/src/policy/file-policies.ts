import type { CompiledPolicies } from '@niitaka/core/policy/compile-policies.ts';
import type { PolicySource } from './guard.ts';
import { readConfig } from './runtime-config.ts';
import { treeLimitOf, type Snapshot } from './snapshot.ts';
import { reportedCost } from './spending.ts';

/** The policies of a file in place of the server's, whose prices hold all the same (P8). */
export function filePolicies(source: PolicySource, policies: CompiledPolicies): PolicySource {
  let from: Snapshot | null = null;
  const config = readConfig(null, 'default');
  // The server leases by its own policies alone.
  const treeLimit = treeLimitOf(policies, false);
  let merged: Snapshot = {
    revision: null,
    policies,
    treeLimit,
    config,
    costOf: reportedCost,
  };
  return {
    of: (key) => {
      const served = source.of(key);
      if (served !== from && served !== null) merged = { ...served, policies, treeLimit };
      from = served;
      return merged;
    },
    request: (key) => source.request(key),
    first: (key) => source.first(key),
    refresh: (key, ms) => source.refresh(key, ms),
    noteRevision: (revision) => source.noteRevision(revision),
  };
}
