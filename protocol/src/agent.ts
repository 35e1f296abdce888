import { limits } from '@niitaka/core/limits.ts';
import { z } from 'zod';
import { Agent } from './access.ts';
import {
  FallbackAction,
  ErrorCondition,
  RetryAction,
  StepCondition,
  UsdThreshold,
} from './policy.ts';
import { Count, fromText, NanoUsd, Timestamp, Usd, wholeText } from './scalars.ts';
import { sessionFilters } from './session-query.ts';

/** What an operator says an agent is, whatever its sessions tell (A2). */
export const AgentOverride = z.enum(['shipped', 'deprecated', 'archived']);

/** What an agent is: the override, else computed from its sessions (A2). */
export const AgentStatus = z.enum([
  ...AgentOverride.options,
  'active',
  'stale',
  'error',
  'new',
  'idle',
]);

const figures = {
  sessions: Count,
  with_errors: Count,
  cost: Usd,
  cost_nano_usd: NanoUsd,
  unpriced: Count,
  incomplete: Count,
  steps_average: z.number().nullable().meta({ description: 'null without sessions' }),
  duration_p95_ms: Count.nullable().meta({
    description: 'of ended sessions, the newest 200 of a card and 10,000 of a page; null without',
  }),
} as const;

/** One agent as its card shows it: figures are of the sessions that started in the range (S12). */
export const AgentCard = Agent.extend({
  status: AgentStatus,
  status_override: AgentOverride.nullable(),
  running: Count.meta({ description: 'sessions that run now, whatever the range' }),
  ...figures,
  last_active_at: Timestamp.nullable(),
  active_version: z.int().nullable(),
  series: z.array(Count).meta({ description: 'sessions by bucket of their start' }),
});

/** A page of agents by id, with the buckets of all their sparklines. */
export const AgentPage = z.object({
  items: z.array(AgentCard),
  bucket_ms: Count,
  starts: z.array(Timestamp),
  next_cursor: z.string().nullable(),
});

/** One agent with its figures over time; each list has one value for each start. */
export const AgentDetail = AgentCard.omit({ series: true }).extend({
  series: z.object({
    bucket_ms: Count,
    starts: z.array(Timestamp),
    sessions: z.array(Count),
    with_errors: z.array(Count),
    cost_nano_usd: z.array(NanoUsd),
    steps_average: z.array(z.number().nullable()),
    duration_p95_ms: z.array(Count.nullable()),
  }),
});

const range = {
  from: sessionFilters.from,
  to: sessionFilters.to,
  environment: sessionFilters.environment,
} as const;

/** Query of `GET /agents`: those that ran in an environment, and those that never ran. */
export const AgentListQuery = z.strictObject({
  ...range,
  include_archived: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true'),
  limit: fromText(z.coerce.number().int().min(1).max(500).default(50)),
  cursor: z.string().max(500).optional(),
});

/** Query of `GET /agents/{id}`. */
export const AgentQuery = z.strictObject(range);

/** The body of `PATCH /agents/{id}`; a `null` takes the description or override away. */
export const ChangeAgent = z
  .strictObject({
    name: wholeText(z.string().trim().min(1), 200).optional(),
    description: wholeText(z.string().trim(), 2_000).nullable().optional(),
    status_override: AgentOverride.nullable().optional(),
  })
  .refine((changes) => Object.keys(changes).length > 0, {
    message: 'needs name, description or status_override',
  });

/** What a version holds an agent to (A4): each becomes a policy of the agent while the version is active. */
export const Guardrails = z.strictObject({
  cost_limit_usd: UsdThreshold.nullish(),
  max_steps: StepCondition.shape.steps_exceeded.nullish(),
  retry: z.strictObject({ ...ErrorCondition.shape, ...RetryAction.shape }).nullish(),
  fallback: z.strictObject({ ...ErrorCondition.shape, ...FallbackAction.shape }).nullish(),
});

const content = {
  model: wholeText(z.string().trim().min(1), 200).nullable(),
  temperature: z.number().min(0).max(2).nullable(),
  max_tokens: z.int().min(1).max(1_000_000_000).nullable(),
  system_prompt: z
    .string()
    .refine((text) => text.isWellFormed(), { message: 'must hold no halves of characters' })
    .refine((text) => new TextEncoder().encode(text).length <= 65_536, {
      message: 'must be at most 65536 bytes',
    })
    .nullable(),
  guardrails: Guardrails,
} as const;

/** The body of `POST /agents/{id}/versions`: what is left out is not set. */
export const CreateVersion = z.strictObject({
  model: content.model.default(null),
  temperature: content.temperature.default(null),
  max_tokens: content.max_tokens.default(null),
  system_prompt: content.system_prompt.default(null),
  guardrails: Guardrails.default({}),
});

/** The body of `PATCH /agents/{id}/versions/{number}`: what is left out stays, `guardrails` are replaced whole. */
export const ChangeVersion = z
  .strictObject(content)
  .partial()
  .extend({ revision: z.int().min(1).meta({ description: 'the revision that was read' }) })
  .refine((changes) => Object.keys(changes).length > 1, { message: 'needs a field to change' });

/** Where a version stands: editable, in force, or kept (A3). */
export const VersionState = z.enum(['draft', 'active', 'archived']);

/** One version of an agent (A3). */
export const AgentVersion = z.object({
  number: z.int(),
  state: VersionState,
  ...content,
  author: z.string(),
  created_at: Timestamp,
  activated_at: Timestamp.nullable().meta({ description: 'when it last became active' }),
  revision: z.int().meta({ description: 'rises with every change of the draft' }),
});

/** The versions of one agent, newest first. */
export const AgentVersionList = z.object({ items: z.array(AgentVersion) });

/** What an agent's next call is made with (A4); a field that nothing sets is absent. */
export const LlmConfig = z.object({
  model: z.string().optional(),
  temperature: z.number().optional(),
  max_tokens: z.int().optional(),
  system_prompt: z.string().optional(),
});

/** Where each field comes from, such as `version:3`. */
export const ConfigSources = z.record(z.string(), z.string());

/** The answer of `GET /runtime-config`. */
export const RuntimeConfig = z.object({
  agent_id: z.string(),
  llm: LlmConfig,
  sources: ConfigSources,
  version: z.int().nullable().meta({ description: 'the active version' }),
});

/** Query of `GET /runtime-config`. */
export const RuntimeConfigQuery = z.strictObject({
  agent_id: wholeText(z.string().min(1), limits.agentIdCharacters),
  experiment_id: z.string().min(1).max(200).optional(),
  variant: z.string().min(1).max(200).optional(),
});

/** An agent's card. */
export type AgentCard = z.infer<typeof AgentCard>;
/** A page of cards. */
export type AgentPage = z.infer<typeof AgentPage>;
/** An agent over time. */
export type AgentDetail = z.infer<typeof AgentDetail>;
/** A change of an agent. */
export type ChangeAgent = z.infer<typeof ChangeAgent>;
/** A version to be made. */
export type CreateVersion = z.infer<typeof CreateVersion>;
/** A change of a draft. */
export type ChangeVersion = z.infer<typeof ChangeVersion>;
/** A version. */
export type AgentVersion = z.infer<typeof AgentVersion>;
/** What an agent runs by. */
export type RuntimeConfig = z.infer<typeof RuntimeConfig>;
