import type { CompiledPolicies } from '@niitaka/core/policy/compile-policies.ts';
import type { EvaluationTotals } from '@niitaka/core/policy/decision.ts';
import { limitWarning } from '@niitaka/core/policy/decision-rows.ts';
import { costOf, stepsOf } from '@niitaka/core/policy/limit-total.ts';
import type { CostLimit, StepLimit } from '@niitaka/core/policy/policy.ts';
import type { Session } from '@niitaka/core/session/session.ts';
import type { SignalRow } from '../../storage/session-tx.ts';
import type { CommandContext } from '../command.ts';

/** A session with what its policies are asked about. */
export interface Spender {
  readonly session: Session;
  readonly policies: CompiledPolicies;
  readonly totals: EvaluationTotals;
}

/** Which warnings of trees and days were told already: each comes once, whichever session passed the limit (P2). */
export interface Warnings {
  /** Looks up the warnings of limits that these sessions' trees and days have passed, all at once. */
  load(spenders: readonly Spender[]): Promise<void>;
  /** The policies that have warned in the session's tree or on its day; it must be loaded. */
  told(session: Session): readonly string[];
  /** The same, without those of which only the session itself has told. */
  toldByOthers(session: Session): ReadonlySet<string>;
  /** A signal was stored. */
  note(signal: Pick<SignalRow, 'id' | 'sessionId'>): void;
}

interface Warning extends Pick<SignalRow, 'id' | 'subjectId'> {
  readonly policyId: string;
}

/** Nothing looked up yet; days are those of the transaction's moment. */
export function openWarnings({ tx, nowMs }: CommandContext, organisationId: string): Warnings {
  const day = new Date(nowMs).toISOString().slice(0, 10);
  const passedBy = new Map<string, readonly Warning[]>();
  /** The session that told of a warning, by the warning's id. */
  const tellers = new Map<string, string | null>();
  const toldOf = ({ id }: Session) =>
    (passedBy.get(id) ?? []).filter((warning) => tellers.has(warning.id));
  return {
    async load(spenders) {
      const unknown = new Map<string, Warning>();
      for (const { session, policies, totals } of spenders) {
        const { id: sessionId, rootSessionId } = session;
        const place = { sessionId, rootSessionId, organisationId, day };
        const passed = passedWarnings(policies, totals).map((policy) => ({
          ...warningOf(policy, place),
          policyId: policy.id,
        }));
        passedBy.set(sessionId, passed);
        for (const one of passed) if (!tellers.has(one.id)) unknown.set(one.id, one);
      }
      if (unknown.size === 0) return;
      const found = await tx.findSignals(organisationId, [...unknown.values()]);
      for (const { id, sessionId } of found) tellers.set(id, sessionId);
    },
    told: (session) => toldOf(session).map(({ policyId }) => policyId),
    toldByOthers(session) {
      const others = toldOf(session).filter(({ id }) => tellers.get(id) !== session.id);
      return new Set(others.map(({ policyId }) => policyId));
    },
    note({ id, sessionId }) {
      if (!tellers.has(id)) tellers.set(id, sessionId);
    },
  };
}

type Limit = CostLimit | StepLimit;
type Place = Parameters<typeof limitWarning>[1];

/** The last id of each policy: once it has warned of a day, every batch of that day asks for the same. */
const minted = new WeakMap<Limit, { readonly of: string } & ReturnType<typeof limitWarning>>();

function warningOf(policy: Limit, place: Place): ReturnType<typeof limitWarning> {
  const of = policy.scope === 'tree' ? place.rootSessionId : place.organisationId + place.day;
  const known = minted.get(policy);
  if (known?.of === of) return known;
  const fresh = { of, ...limitWarning(policy, place) };
  minted.set(policy, fresh);
  return fresh;
}

/** Only what was passed can have been warned of. */
function passedWarnings(
  { costLimits, stepLimits }: CompiledPolicies,
  totals: EvaluationTotals,
): Limit[] {
  const costs = costLimits.map(({ policy }) => policy).filter(isWide);
  const steps = stepLimits.map(({ policy }) => policy).filter(isWide);
  return [
    ...costs.filter((policy) => costOf(totals, policy) > policy.costExceededNanoUsd),
    ...steps.filter((policy) => stepsOf(totals, policy) >= policy.stepsExceeded),
  ];
}

function isWide({ action, mode, scope }: Limit): boolean {
  return action === 'warn' && mode === 'enforce' && scope !== 'session';
}
