import type { GuardrailPolicy } from '@niitaka/core/agent/guardrail-policies.ts';
import type { CreatePolicy, Policy, PolicyRevision } from '@niitaka/protocol/policy.ts';
import type { PolicyContent, PolicyRevisionRow, PolicyRow } from '../storage/policy-rows.ts';
import { timeToWire } from './map-access.ts';

/** A policy as the wire carries it: also what the engine reads. */
export function policyToWire({ id, revision, createdAtMs, content }: PolicyRow): Policy {
  return { id, revision, ...contentToWire(content), created_at: timeToWire(createdAtMs) };
}

/** A policy that a version brings with it. */
export function guardrailToWire(policy: GuardrailPolicy): Policy {
  return { ...policy, created_at: timeToWire(policy.created_at) };
}

/** A revision of a policy; `createdAtMs` is that of the policy. */
export function revisionToWire(row: PolicyRevisionRow, createdAtMs: number): PolicyRevision {
  const { policyId: id, revision, author, atMs, content } = row;
  const orgId = row.orgId;
  return {
    revision,
    author,
    at: timeToWire(atMs),
    policy: content === null ? null : policyToWire({ orgId, id, revision, createdAtMs, content }),
  };
}

/** What a policy says, from the body of a request. */
export function contentOf(body: CreatePolicy): PolicyContent {
  return {
    name: body.name ?? body.type.replace('_', ' '),
    type: body.type,
    agentId: body.agent_id ?? null,
    environment: body.environment ?? null,
    priority: body.priority ?? 0,
    scope: body.scope ?? 'session',
    mode: body.mode ?? 'enforce',
    condition: body.condition ?? {},
    action: body.action,
  };
}

/** What a policy says, as a body that could have made it. */
export function contentToWire({ agentId, ...content }: PolicyContent) {
  return { ...content, agent_id: agentId };
}
