import { errorKinds } from '@niitaka/core/event/classify-error.ts';
import { limits } from '@niitaka/core/limits.ts';
import { policyLimits } from '@niitaka/core/policy/policy-limits.ts';
import { z } from 'zod';
import { Count, Json, RevisionText, Timestamp, wholeNanoUsd, wholeText } from './scalars.ts';

const { agentIdCharacters } = limits;
const {
  nameCharacters,
  priority,
  costUsd,
  steps,
  retries,
  delaySeconds,
  errorKinds: kinds,
} = policyLimits;

const name = wholeText(z.string().trim().min(1), nameCharacters);

/** An agent's id, exactly as written: one that no agent can have would make a policy that never holds (A1). */
const agentId = wholeText(z.string().min(1), agentIdCharacters).refine(
  (id) => id !== '.' && id !== '..' && !/\p{Cc}/u.test(id),
  { message: 'must not be "." or ".." nor hold control characters' },
);

/** A policy's id; both engines keep it as it is, and PostgreSQL has no NUL. */
const policyId = name.refine((id) => !/\p{Cc}/u.test(id), {
  message: 'must hold no control characters',
});
const seconds = z.number().min(0).max(delaySeconds);

/** An amount in USD: a JSON number, which counts as its shortest decimal text, or decimal text. */
export const UsdThreshold = z.union([
  wholeNanoUsd(z.number().min(0).max(costUsd)),
  z.string().regex(/^\d{1,9}(?:\.\d{1,9})?$/, 'must be decimal USD with up to 9 places'),
]);

/** Whether the policy acts, is only recorded, or rests (P1). */
export const PolicyMode = z.enum(['enforce', 'shadow', 'off']);

/** Whose total a limit looks at (P1). */
export const PolicyScope = z.enum(['session', 'tree', 'day']);

/** What a limit does when it is passed (P1). */
export const LimitAction = z.strictObject({ type: z.enum(['warn', 'abort']) });

/** When a cost limit fires: above the value (P2). */
export const CostCondition = z.strictObject({ cost_exceeded: UsdThreshold });

/** When a step limit fires: at the value (P2). */
export const StepCondition = z.strictObject({ steps_exceeded: z.int().min(0).max(steps) });

/** Which failed calls a retry or fallback is for; all, when no kinds are given. */
export const ErrorCondition = z.strictObject({
  on_errors: z
    .array(z.enum(errorKinds as [string, ...string[]]))
    .min(1)
    .max(kinds)
    .nullish(),
});

/** How a failed call is repeated (P4). */
export const RetryAction = z.strictObject({
  max_retries: z.int().min(1).max(retries),
  backoff: z.enum(['exponential', 'linear', 'constant']).optional(),
  base_seconds: seconds.optional(),
  max_seconds: seconds.nullish(),
});

/** The model to go on with (P4). */
export const FallbackAction = z.strictObject({ fallback_model: name });

const common = {
  name: name.optional(),
  agent_id: agentId.nullish(),
  environment: name.nullish(),
  priority: z.int().min(-priority).max(priority).optional(),
  scope: PolicyScope.optional(),
  mode: PolicyMode.optional(),
} as const;

const types = {
  cost_limit: { condition: CostCondition, action: LimitAction },
  step_limit: { condition: StepCondition, action: LimitAction },
  retry: { condition: ErrorCondition.optional(), action: RetryAction },
  fallback: { condition: ErrorCondition.optional(), action: FallbackAction },
} as const;

/** The body of `POST /policies`: strict, so that a misspelt key is refused with its path. */
export const CreatePolicy = anyType(common);

/** The body of `PATCH /policies/{id}`: the revision that was read, and what changes, read with the rest as a whole. */
export const ChangePolicy = z.strictObject({
  revision: z.int().min(1),
  ...common,
  condition: z.record(z.string(), Json).optional(),
  action: z.record(z.string(), Json).optional(),
});

/** Query of `DELETE /policies/{id}`: with the revision that was read, no other is deleted. */
export const DeletePolicyQuery = z.strictObject({
  revision: RevisionText.optional(),
});

/** One policy as it stands, or as a revision left it. */
export const Policy = z.object({
  id: z.string(),
  name: z.string(),
  revision: z.int(),
  type: z.enum(['cost_limit', 'step_limit', 'retry', 'fallback']),
  agent_id: z.string().nullable(),
  environment: z.string().nullable(),
  priority: z.int(),
  scope: PolicyScope,
  mode: PolicyMode,
  condition: z.record(z.string(), Json),
  action: z.record(z.string(), Json),
  created_at: Timestamp,
});

/** One revision of a policy: what it was, who made it so, and when; null when it was deleted. */
export const PolicyRevision = z.object({
  revision: z.int(),
  author: z.string(),
  at: Timestamp,
  policy: Policy.nullable(),
});

/** A policy with how often it acted, or would have in shadow, in the last 7 days. */
export const ListedPolicy = Policy.extend({ hits_7d: Count });

/** All policies, in the order in which they are asked. */
export const PolicyList = z.object({ items: z.array(ListedPolicy) });

/** The revisions of one policy, newest first. */
export const PolicyRevisionList = z.object({ items: z.array(PolicyRevision) });

/** A price as a snapshot carries it: decimal text, USD per million tokens. */
export const SnapshotPrice = z.object({
  provider: z.string().nullable(),
  model: z.string(),
  input: z.string(),
  output: z.string(),
  cache_read: z.string().optional(),
  cache_write_5m: z.string().optional(),
  cache_write_1h: z.string().optional(),
  tier_above: z.int().optional(),
  tier_input: z.string().optional(),
  tier_output: z.string().optional(),
  tier_cache_read: z.string().optional(),
  over_report: z.boolean().optional(),
});

/** What an agent needs to decide by itself (P5): the answer of `GET /snapshot`. */
export const Snapshot = z.object({
  revision: z.int(),
  policies: z.array(Policy),
  config: z.object({ llm: z.record(z.string(), Json), sources: z.record(z.string(), z.string()) }),
  prices: z.array(SnapshotPrice),
});

/** Query of `GET /snapshot`. */
export const SnapshotQuery = z.strictObject({
  agent_id: wholeText(z.string().min(1), agentIdCharacters).optional(),
  environment: name.optional(),
  experiment_id: name.optional(),
  variant: name.optional(),
});

/** Policies of one file, as many as an organisation may have. */
const policiesInFile = 1_000;

/** A policy file (P8): the same fields as the API takes; `agents` says whom it is for, an id which policy it is. */
export const PolicyFile = z.strictObject({
  version: z.literal(1).optional(),
  agents: z.array(agentId).min(1).max(policiesInFile).optional(),
  policies: z
    .array(anyType({ id: policyId.optional(), ...common }))
    .max(policiesInFile)
    .refine(hasEachOnce, { message: 'every id must stand once' }),
});

function hasEachOnce(policies: readonly { readonly id?: string | undefined }[]): boolean {
  const ids = policies.flatMap(({ id }) => (id === undefined ? [] : [id]));
  return new Set(ids).size === ids.length;
}

function anyType<const T extends z.ZodRawShape>(fields: T) {
  const of = <const K extends keyof typeof types>(type: K) =>
    z.strictObject({ ...fields, type: z.literal(type), ...types[type] });
  return z.discriminatedUnion('type', [
    of('cost_limit'),
    of('step_limit'),
    of('retry'),
    of('fallback'),
  ]);
}

/** For which agent and environment a snapshot is. */
export type SnapshotQuery = z.infer<typeof SnapshotQuery>;
/** A policy to be made. */
export type CreatePolicy = z.infer<typeof CreatePolicy>;
/** A change of a policy. */
export type ChangePolicy = z.infer<typeof ChangePolicy>;
/** A policy. */
export type Policy = z.infer<typeof Policy>;
/** A policy as the list has it. */
export type ListedPolicy = z.infer<typeof ListedPolicy>;
/** A revision of a policy. */
export type PolicyRevision = z.infer<typeof PolicyRevision>;
/** What an agent needs to decide by itself. */
export type Snapshot = z.infer<typeof Snapshot>;
/** A policy file. */
export type PolicyFile = z.infer<typeof PolicyFile>;
