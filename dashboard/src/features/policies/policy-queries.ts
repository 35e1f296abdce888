import type { CreatePolicy, Policy } from '@niitaka/protocol/policy.ts';
import type { ImportPolicies, PolicyImport } from '@niitaka/protocol/policy-import.ts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { currentOf } from '../../lib/api/api-error.ts';
import { apiSend } from '../../lib/api/api-fetch.ts';
import { policiesQuery } from '../../lib/api/policies-query.ts';

/** A policy to be stored: over the revision that was read, or as a new one. */
export interface SavePolicy {
  readonly over: Pick<Policy, 'id' | 'revision'> | null;
  readonly body: CreatePolicy;
}

/** Makes or changes a policy; the lists are read again whatever comes of it. */
export function useSavePolicy() {
  return usePolicyWrite(({ over, body }: SavePolicy) => {
    if (over === null) return apiSend<Policy>('POST', '/policies', body);
    const { type: _type, ...content } = body;
    const change = { revision: over.revision, ...content };
    return apiSend<Policy>('PATCH', `/policies/${over.id}`, change);
  });
}

/** Enforces a policy, lets it only record, or switches it off. */
export function useSwitchMode() {
  return usePolicyWrite(({ policy, mode }: { policy: Policy; mode: Policy['mode'] }) =>
    apiSend<Policy>('PATCH', `/policies/${policy.id}`, { revision: policy.revision, mode }),
  );
}

/** Deletes a policy, as it was read. */
export function useDeletePolicy() {
  return usePolicyWrite(({ id, revision }: Policy) =>
    apiSend('DELETE', `/policies/${id}?revision=${revision}`),
  );
}

/** Takes in a policy file, or tells what it would change (P8). */
export function useImportPolicies() {
  return usePolicyWrite((body: ImportPolicies) =>
    apiSend<PolicyImport>('POST', '/policies/import', body),
  );
}

/** The policy that stands by now, when someone else was faster; else null. */
export function conflictOf(error: unknown): Policy | null {
  return currentOf(error) as Policy | null;
}

function usePolicyWrite<A, R>(write: (args: A) => Promise<R>) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: write,
    onSettled: () => cache.invalidateQueries({ queryKey: policiesQuery.queryKey }),
  });
}
