import type { LlmData } from '@niitaka/core/cost/cost-of-event.ts';
import { nanoUsdOf, usdNumber } from '@niitaka/core/money/nano-usd.ts';
import type { Decision, EvaluationEvent, EvaluationState } from '@niitaka/core/policy/decision.ts';
import {
  decisionSignals,
  decisionTraces,
  type DecisionContext,
} from '@niitaka/core/policy/decision-rows.ts';
import { describeDecision } from '@niitaka/core/policy/describe-decision.ts';
import { evaluate } from '@niitaka/core/policy/evaluate.ts';
import { limitNumbers } from '@niitaka/core/policy/limit-total.ts';
import type { Policy } from '@niitaka/core/policy/policy.ts';
import type { IngestAnswer, IngestRecord } from '@niitaka/protocol/ingest.ts';
import { AgentExecutionStoppedError } from '../control/agent-execution-stopped-error.ts';
import { wireTime } from '../transport/wire-time.ts';
import { DaySteps, utcDay } from './day-steps.ts';
import type { Snapshot, SnapshotKey, TreeLimit } from './snapshot.ts';
import { reportedCost, Spending, type CostOf } from './spending.ts';
import { wholeOf, type TreeSpending } from './tree-spending.ts';
import { openWarnedPolicies } from './warned-policies.ts';

type Totals = Partial<IngestAnswer['sessions'][number]>;

type DayState = Pick<
  EvaluationState,
  'dayCostNanoUsd' | 'daySteps' | 'orgDayCostNanoUsd' | 'orgDaySteps'
>;

/** Where the policies of an agent are found. */
export interface PolicySource {
  of(key: SnapshotKey): Snapshot | null;
  request(key: SnapshotKey): void;
  /** As `of`, but one that the server was not asked for yet is waited for, once and not for long (A4). */
  first(key: SnapshotKey): Promise<Snapshot | null>;
  /** Asks anew where that was not done for so many milliseconds. */
  refresh(key: SnapshotKey, ms: number): void;
  noteRevision(revision: number): void;
}

/** What a guard works with. */
export interface GuardParts {
  readonly sessionId: string;
  readonly tree: TreeSpending;
  readonly key: SnapshotKey;
  readonly source: PolicySource;
  /** Numbers a record of the session and sends it. */
  readonly send: (record: IngestRecord) => void;
}

/** A call of a model that failed, as its error event tells of it. */
export interface FailedCall {
  readonly eventId: string;
  readonly kind: string;
  /** Number of the attempt that failed, from 1. */
  readonly attempt: number;
  readonly model: string | null;
}

/** A step for which the budget of its tree has no room. */
export interface Refusal {
  /** What the tree would have cost with it. */
  readonly treeCostNanoUsd: bigint;
  /** Added to the words of the policy that stops it. */
  readonly why: string;
}

const fits: Refusal = { treeCostNanoUsd: 0n, why: '' };

/** Traces and signals that are known to be told; an older one may be sent again, and is stored once. */
const toldLimit = 10_000;

/** Before a step nothing has failed: only the limits are asked. */
const beforeStep: EvaluationEvent = { type: 'step' };

/** Stands for an organisation nobody has named here: signals of a day are the organisation's by the server's word. */
const unknownOrganisation = '00000000-0000-0000-0000-000000000000';

/** The policies of one session, asked before every step by the same rules as the server's (P1 to P7). */
export class Guard {
  /** The limit on its tree by which calls are booked before they are made, as of the last check (P10). */
  treeLimit: TreeLimit | null = null;
  readonly #parts: GuardParts;
  readonly #warned = openWarnedPolicies();
  readonly #recorded = new Set<string>();
  #told: Totals = {};
  /** The UTC day on which that was told: of the next one it says nothing. */
  #toldDay = -1;
  readonly #spending = new Spending();
  readonly #daySteps = new DaySteps();
  #costOf: CostOf = reportedCost;
  /** What of the spending is in its tree's, and what of that the server has not told yet. */
  #treeCostNanoUsd = 0n;
  #freshNanoUsd = 0n;
  #refusal = fits;

  constructor(parts: GuardParts) {
    this.#parts = parts;
    parts.source.request(parts.key);
  }

  /** Its tree, with what was spent in it here. */
  get tree(): TreeSpending {
    return wholeOf(this.#parts.tree);
  }

  /** Whole nano-USD of a call by the prices known here; null when unknown. */
  costOf(data: LlmData): bigint | null {
    return this.#parts.source.of(this.#parts.key)?.costOf(data) ?? null;
  }

  /** USD that the session has cost here, by the prices known at the last check. */
  get costUsd(): number {
    return usdNumber(this.#spending.costNanoUsd);
  }

  /** A model call was recorded. It counts whether or not a policy asks: one that comes later will (P5). */
  count(data: LlmData, startedMs = Infinity): void {
    this.#notePrices();
    this.#spending.add(data, this.#costOf, utcDay(Math.min(startedMs, Date.now())));
    this.#tellTree();
  }

  /** A step was recorded that no check came before, `steps` being finished or under way besides. */
  noteStep(startedMs: number, steps: number): void {
    this.#daySteps.note(startedMs, steps);
  }

  /** Takes over what the server says the session, its tree and its day have spent, and who has warned. */
  readAnswer(totals: Totals): void {
    this.#told = totals;
    this.#toldDay = utcDay(Date.now());
    if (totals.policy_revision !== undefined) {
      this.#parts.source.noteRevision(totals.policy_revision);
    }
    this.#warned.tell(totals.warned ?? []);
    this.#tellTree();
  }

  /** Whether the server has yet to tell what was spent here. */
  get hasFresh(): boolean {
    return this.#freshNanoUsd > 0n;
  }

  /** Before a step, `steps` being finished or under way: records what the policies say, throws on an abort. */
  check(steps: number): void {
    const snapshot = this.#notePrices();
    this.treeLimit = snapshot?.treeLimit ?? null;
    if (snapshot !== null) this.#decide(snapshot, steps, beforeStep, null, () => true);
  }

  /** As `check`, where the budget of its tree has no room for the step. */
  checkTree(steps: number, refusal: Refusal): void {
    this.#refusal = refusal;
    try {
      this.check(steps);
    } finally {
      this.#refusal = fits;
    }
  }

  /** Whether a policy has a word to say about calls that fail. */
  get mindsFailures(): boolean {
    const policies = this.#parts.source.of(this.#parts.key)?.policies;
    return policies !== undefined && policies.retries.length + policies.fallbacks.length > 0;
  }

  /**
   * After a failed call: records what the policies say, and answers it where they have the call made again. Throws on
   * an abort. A fallback to a model that the call may not use is told as not enforced.
   */
  judge(failed: FailedCall, steps: number, mayUse: (model: string) => boolean): Decision | null {
    const snapshot = this.#parts.source.of(this.#parts.key);
    if (snapshot === null) return null;
    const { eventId, ...call } = failed;
    const decision = this.#decide(snapshot, steps, { type: 'error', ...call }, eventId, mayUse);
    const { action, fallbackModel } = decision;
    const isAgain = action === 'retry' || (fallbackModel !== null && mayUse(fallbackModel));
    return isAgain ? decision : null;
  }

  /** Calls that had no price so far count as soon as theirs is known. */
  #notePrices(): Snapshot | null {
    const snapshot = this.#parts.source.of(this.#parts.key);
    if (snapshot !== null && snapshot.costOf !== this.#costOf) {
      this.#costOf = snapshot.costOf;
      this.#spending.priceAnew(snapshot.costOf);
      this.#tellTree();
    }
    return snapshot;
  }

  #tellTree(): void {
    const { tree } = this;
    const { costNanoUsd } = this.#spending;
    tree.spentNanoUsd += costNanoUsd - this.#treeCostNanoUsd;
    this.#treeCostNanoUsd = costNanoUsd;
    const freshNanoUsd = largest(0n, costNanoUsd - nano(this.#told.total_cost));
    tree.freshNanoUsd += freshNanoUsd - this.#freshNanoUsd;
    this.#freshNanoUsd = freshNanoUsd;
    tree.toldNanoUsd = largest(tree.toldNanoUsd, nano(this.#told.tree_cost));
  }

  #decide(
    snapshot: Snapshot,
    steps: number,
    event: EvaluationEvent,
    eventId: string | null,
    mayUse: (model: string) => boolean,
  ): Decision {
    const startedTick = performance.now();
    const nowMs = Date.now();
    const state = this.#state(steps, nowMs);
    const decision = evaluate(snapshot.policies, state, event);
    const { action, policy, fallbackModel } = decision;
    if (decision.considered.length > 0 || decision.errors.length > 0) {
      const { sessionId } = this.#parts;
      const context = {
        sessionId,
        rootSessionId: this.tree.rootSessionId,
        organisationId: unknownOrganisation,
        eventId,
        day: wireTime(nowMs).slice(0, 10),
        state,
        event,
        broken: snapshot.policies.broken,
      };
      const isDone = fallbackModel === null || mayUse(fallbackModel);
      this.#tell(decision, context, isDone, (performance.now() - startedTick) * 1000);
    }
    this.#warned.note(decision);
    if (action === 'abort' && policy !== null) throw this.#stop(policy, state, event);
    return decision;
  }

  #state(steps: number, nowMs: number): EvaluationState {
    const told = this.#told;
    const toldCost = nano(told.total_cost);
    const costNanoUsd = largest(this.#spending.costNanoUsd, toldCost);
    // What this process has spent since the server last counted is on top of what the server knows of the others.
    const freshCost = costNanoUsd - toldCost;
    const freshSteps = Math.max(0, steps - (told.step_count ?? 0));
    const treeCost = largest(costNanoUsd, nano(told.tree_cost) + freshCost);
    return {
      costNanoUsd,
      steps,
      treeCostNanoUsd: largest(this.#refusal.treeCostNanoUsd, treeCost),
      treeSteps: Math.max(steps, (told.tree_step_count ?? 0) + freshSteps),
      ...this.#dayState(utcDay(nowMs), steps, freshCost, freshSteps),
      warned: this.#warned.at(nowMs),
      hasUnpriced: this.#spending.hasUnpriced,
    };
  }

  /** A session may be older than the day: only what it spent since 00:00 UTC is the day's (P1). */
  #dayState(day: number, steps: number, freshCost: bigint, freshSteps: number): DayState {
    const costToday = this.#spending.onDay(day);
    const stepsToday = this.#daySteps.of(day, steps);
    const isToday = this.#toldDay === day;
    const told: Totals = isToday ? this.#told : {};
    const cost = isToday ? smallest(freshCost, costToday) : costToday;
    const count = isToday ? Math.min(freshSteps, stepsToday) : stepsToday;
    return {
      dayCostNanoUsd: nano(told.day_cost) + cost,
      daySteps: (told.day_steps ?? 0) + count,
      orgDayCostNanoUsd: nano(told.org_day_cost) + cost,
      orgDaySteps: (told.org_day_steps ?? 0) + count,
    };
  }

  #tell(decision: Decision, context: DecisionContext, isDone: boolean, latencyUs: number): void {
    const { sessionId, key } = this.#parts;
    const occurred_at = wireTime(Date.now());
    const event = context.eventId === null ? {} : { event_id: context.eventId };
    const undone = isDone ? null : decision.policy;
    const enforced = decision.considered.filter(
      ({ policy, result }) => (result === 'matched' || result === 'exhausted') && policy !== undone,
    );
    for (const trace of decisionTraces(decision, context)) {
      this.#sendOnce(trace.id, {
        kind: 'trace',
        trace_id: trace.id,
        session_id: sessionId,
        ...event,
        policy_id: trace.policyId,
        policy_revision: trace.policyRevision,
        action: trace.action,
        inputs: trace.inputs,
        considered: trace.considered.map(({ policy, result }) => ({
          policy_id: policy.id,
          revision: policy.revision,
          result,
          mode: policy.mode,
        })),
        errors: trace.errors.map(({ policyId, at }) => ({ policy_id: policyId, at })),
        decided_by: 'sdk',
        enforced: enforced.some(({ policy }) => policy.id === trace.policyId),
        latency_us: Math.round(latencyUs * 10) / 10,
        occurred_at,
      });
    }
    for (const signal of decisionSignals(decision, context)) {
      this.#sendOnce(signal.id, {
        kind: 'signal',
        signal_id: signal.id,
        session_id: sessionId,
        type: signal.type,
        subtype: signal.subtype,
        ...(signal.action === null ? {} : { action: signal.action }),
        severity: signal.severity,
        ...(key.agentId === null ? {} : { agent_id: key.agentId }),
        ...event,
        policy_id: signal.policyId,
        message: signal.message,
        data: signal.data,
        occurred_at,
      });
    }
  }

  #sendOnce(id: string, record: IngestRecord): void {
    if (this.#recorded.has(id)) return;
    if (this.#recorded.size >= toldLimit) this.#recorded.clear();
    this.#recorded.add(id);
    this.#parts.send(record);
  }

  #stop(policy: Policy, state: EvaluationState, event: EvaluationEvent): Error {
    const { sessionId } = this.#parts;
    const text = describeDecision(policy, state, event) + this.#refusal.why;
    const numbers = limitNumbers(policy, state);
    return new AgentExecutionStoppedError(text, { sessionId, policy: policy.id, ...numbers });
  }
}

function nano(usd: number | undefined): bigint {
  return usd === undefined ? 0n : (nanoUsdOf(usd) ?? 0n);
}

function largest(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

function smallest(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
