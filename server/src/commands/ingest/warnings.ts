import type { CompiledPolicies } from '@niitaka/core/policy/compile-policies.ts';
import type { EvaluationTotals } from '@niitaka/core/policy/decision.ts';
import { isPassed } from '@niitaka/core/policy/limit-total.ts';
import type { CostLimit, StepLimit } from '@niitaka/core/policy/policy.ts';
import type { Session } from '@niitaka/core/session/session.ts';
import type { GuardrailKey, SignalRow } from '../../storage/session-tx.ts';
import type { CommandContext } from '../command.ts';

/** A session with what its policies are asked about. */
export interface Spender {
  readonly session: Session;
  readonly policies: CompiledPolicies;
  readonly totals: EvaluationTotals;
}

/** Which policies have warned: each does so once in its session, its tree or on its day, whatever its revision (P2). */
export interface Warnings {
  /** Looks up the warnings of limits that these sessions, their trees and days have passed, all at once. */
  load(spenders: readonly Spender[]): Promise<void>;
  /** The policies that have warned of the session, in its tree or on its day; it must be loaded. */
  told(session: Session): readonly (CostLimit | StepLimit)[];
  /** A signal was stored. */
  note(signal: Pick<SignalRow, 'subjectId' | 'action' | 'policyId'>): void;
}

interface Passed {
  readonly policy: CostLimit | StepLimit;
  readonly key: GuardrailKey;
  /** What was told before does not count. */
  readonly sinceMs: number;
}

const dayMs = 86_400_000;

/** Nothing looked up yet; days are those of the transaction's moment. */
export function openWarnings({ tx, nowMs }: CommandContext, organisationId: string): Warnings {
  const today = Math.floor(nowMs / dayMs) * dayMs;
  const passedBy = new Map<string, readonly Passed[]>();
  /** Whether a warning was told, by subject and policy. */
  const isTold = new Map<string, boolean>();
  return {
    async load(spenders) {
      const unknown = new Map<string, Passed>();
      for (const { session, policies, totals } of spenders) {
        const passed = passedWarnings(policies, totals).map((policy): Passed => {
          const subjectId = subjectOf(policy, session, organisationId);
          const key = { subjectId, policyId: policy.id, action: 'warn' } as const;
          return { policy, key, sinceMs: policy.scope === 'day' ? today : 0 };
        });
        passedBy.set(session.id, passed);
        for (const one of passed)
          if (!isTold.has(nameOf(one.key))) unknown.set(nameOf(one.key), one);
      }
      if (unknown.size === 0) return;
      const asked = [...unknown];
      const lastMs = await tx.lastGuardrails(
        organisationId,
        asked.map(([, { key }]) => key),
      );
      for (const [index, [name, { sinceMs }]] of asked.entries()) {
        isTold.set(name, (lastMs[index] ?? -1) >= sinceMs);
      }
    },
    told(session) {
      const passed = passedBy.get(session.id) ?? [];
      return passed.filter(({ key }) => isTold.get(nameOf(key))).map(({ policy }) => policy);
    },
    note({ subjectId, action, policyId }) {
      if (action === 'warn' && policyId !== null) isTold.set(nameOf({ subjectId, policyId }), true);
    },
  };
}

function nameOf({ subjectId, policyId }: Pick<GuardrailKey, 'subjectId' | 'policyId'>): string {
  return `${subjectId}/${policyId}`;
}

/** The signal of a tree's warning is its root's, that of a day's the organisation's (P7). */
function subjectOf(
  { scope }: CostLimit | StepLimit,
  { id, rootSessionId }: Session,
  organisationId: string,
): string {
  return { session: id, tree: rootSessionId, day: organisationId }[scope];
}

/** Only what was passed can have been warned of. */
function passedWarnings(
  { costLimits, stepLimits }: CompiledPolicies,
  totals: EvaluationTotals,
): (CostLimit | StepLimit)[] {
  return [...costLimits, ...stepLimits]
    .map(({ policy }) => policy)
    .filter((policy) => isWarning(policy) && isPassed(policy, totals));
}

function isWarning({ action, mode }: CostLimit | StepLimit): boolean {
  return action === 'warn' && mode === 'enforce';
}
