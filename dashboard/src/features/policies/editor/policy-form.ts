import { readPolicy } from '@niitaka/core/policy/parse-policy.ts';
import type {
  Backoff,
  LimitAction,
  PolicyMode,
  PolicyScope,
  PolicyType,
} from '@niitaka/core/policy/policy.ts';
import type { Policy } from '@niitaka/protocol/policy.ts';

/** What the editor holds, as typed; fields of other types than the chosen one wait in it. */
export interface PolicyForm {
  readonly type: PolicyType;
  readonly name: string;
  readonly agent: string;
  readonly environment: string;
  readonly priority: string;
  readonly scope: PolicyScope;
  readonly mode: PolicyMode;
  readonly limitAction: LimitAction;
  readonly costUsd: string;
  readonly steps: string;
  /** None: every kind. */
  readonly onErrors: readonly string[];
  readonly maxRetries: string;
  readonly backoff: Backoff;
  readonly baseSeconds: string;
  readonly maxSeconds: string;
  readonly model: string;
}

/** A field of the editor. */
export type FormField = keyof PolicyForm;

/** An editor that was just opened. */
export const emptyForm: PolicyForm = {
  type: 'step_limit',
  name: '',
  agent: '',
  environment: '',
  priority: '0',
  scope: 'session',
  mode: 'enforce',
  limitAction: 'abort',
  costUsd: '',
  steps: '',
  onErrors: [],
  maxRetries: '3',
  backoff: 'exponential',
  baseSeconds: '1',
  maxSeconds: '60',
  model: '',
};

/** The policy to begin with: nobody wants an agent that goes round and round. */
export const loopGuard: PolicyForm = { ...emptyForm, name: 'loop guard', steps: '40' };

/** A stored policy as the editor shows it. */
export function formOf(wire: Policy): PolicyForm {
  const policy = readPolicy(wire);
  const common = {
    ...emptyForm,
    type: wire.type,
    name: wire.name,
    agent: wire.agent_id ?? '',
    environment: wire.environment ?? '',
    priority: String(wire.priority),
    scope: wire.scope,
    mode: wire.mode,
  };
  switch (policy.type) {
    case 'cost_limit':
      return { ...common, costUsd: policy.costExceededUsd, limitAction: policy.action };
    case 'step_limit':
      return { ...common, steps: String(policy.stepsExceeded), limitAction: policy.action };
    case 'retry':
      return {
        ...common,
        onErrors: policy.onErrors ?? [],
        maxRetries: String(policy.maxRetries),
        backoff: policy.backoff,
        baseSeconds: String(policy.baseSeconds),
        maxSeconds: String(policy.maxSeconds),
      };
    case 'fallback':
      return { ...common, onErrors: policy.onErrors ?? [], model: policy.fallbackModel };
    case 'broken':
      return common;
  }
}
